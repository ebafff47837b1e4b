// Here the source of Tempo is fetched: go.sum beside this file holds the published sums that it must have. It is built in
// the folder of its own module, where its replacements apply, so this module needs no more than Tempo itself.
module traceline/tempo

go 1.24.3

require github.com/grafana/tempo v1.5.1-0.20250529124718-87c2dc380cec
