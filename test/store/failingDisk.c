// Makes the disk under a store fail: loaded before a process (LD_PRELOAD), it has calls on files whose path has "traces.db" fail
// with an errno. FAILING_DISK names a file that says which and how ("write 5"); while it is not there, nothing fails.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int failing(const char *call, int fd) {
  const char *orders = getenv("FAILING_DISK");
  if (orders == NULL || access(orders, F_OK) != 0) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = 0;
  if (strstr(path, "traces.db") == NULL) return 0;
  FILE *file = fopen(orders, "r");
  if (file == NULL) return 0;
  char which[16] = "";
  int error = 0;
  int said = fscanf(file, "%15s %d", which, &error);
  fclose(file);
  if (said != 2 || strcmp(which, call) != 0) return 0;
  errno = error;
  return 1;
}

#define NEXT(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

ssize_t write(int fd, const void *bytes, size_t size) {
  return failing("write", fd) ? -1 : NEXT(ssize_t, "write", int, const void *, size_t)(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  return failing("write", fd) ? -1 : NEXT(ssize_t, "pwrite", int, const void *, size_t, off_t)(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  return failing("write", fd) ? -1 : NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(fd, bytes, size, at);
}

int fsync(int fd) { return failing("sync", fd) ? -1 : NEXT(int, "fsync", int)(fd); }

int fdatasync(int fd) { return failing("sync", fd) ? -1 : NEXT(int, "fdatasync", int)(fd); }

int ftruncate(int fd, off_t size) { return failing("truncate", fd) ? -1 : NEXT(int, "ftruncate", int, off_t)(fd, size); }

int ftruncate64(int fd, off64_t size) {
  return failing("truncate", fd) ? -1 : NEXT(int, "ftruncate64", int, off64_t)(fd, size);
}

ssize_t read(int fd, void *bytes, size_t size) {
  return failing("read", fd) ? -1 : NEXT(ssize_t, "read", int, void *, size_t)(fd, bytes, size);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t at) {
  return failing("read", fd) ? -1 : NEXT(ssize_t, "pread", int, void *, size_t, off_t)(fd, bytes, size, at);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t at) {
  return failing("read", fd) ? -1 : NEXT(ssize_t, "pread64", int, void *, size_t, off64_t)(fd, bytes, size, at);
}
