/** Children of every node, one list after another: those of `i` are `list[offset[i] … offset[i + 1]]`; roots are those of `count`. */
export interface Children {
  readonly offset: Int32Array;
  readonly list: Int32Array;
}

/** Groups nodes by parent, in node order; nodes with `skip[i] >= 0` are not in the tree. */
export function childrenOf(parent: Int32Array, skip: Int32Array): Children {
  const count = parent.length;
  const offset = new Int32Array(count + 2);
  for (let i = 0; i < count; i++) if (skip[i] < 0) offset[(parent[i] < 0 ? count : parent[i]) + 1]++;
  for (let i = 0; i <= count; i++) offset[i + 1] += offset[i];
  const list = new Int32Array(offset[count + 1]);
  const next = offset.slice(0, count + 1);
  for (let i = 0; i < count; i++) if (skip[i] < 0) list[next[parent[i] < 0 ? count : parent[i]]++] = i;
  return { offset, list };
}

/** Sorts each group in place. Groups that are in order already, as most are, cost one look. */
export function sortChildren(children: Children, compare: (a: number, b: number) => number): void {
  const { offset, list } = children;
  for (let i = 0; i + 1 < offset.length; i++) {
    const from = offset[i];
    const to = offset[i + 1];
    let sorted = true;
    for (let k = from + 1; k < to && sorted; k++) sorted = compare(list[k - 1], list[k]) <= 0;
    if (!sorted) list.subarray(from, to).sort(compare);
  }
}

/** Nodes in pre-order, without recursion: a chain of 50,000 is as good as a flat list. */
export function preorder(children: Children): Int32Array {
  const { offset, list } = children;
  const order = new Int32Array(list.length);
  const stack = new Int32Array(list.length);
  let top = 0;
  const roots = offset.length - 2;
  for (let k = offset[roots + 1] - 1; k >= offset[roots]; k--) stack[top++] = list[k];
  let at = 0;
  while (top > 0) {
    const node = stack[--top];
    order[at++] = node;
    for (let k = offset[node + 1] - 1; k >= offset[node]; k--) stack[top++] = list[k];
  }
  return order;
}
