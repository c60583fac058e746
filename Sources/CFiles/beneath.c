#define _GNU_SOURCE
#include "beneath.h"
#include <errno.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

int gradus_open_beneath(int folder, const char *path, int flags, unsigned mode) {
  struct open_how how = {0};
  how.flags = (unsigned long long)flags;
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int tries = 0; tries < 64; tries++) {
    long file = syscall(SYS_openat2, folder, path, &how, sizeof how);
    // EAGAIN: something was renamed while the path was walked.
    if (file >= 0 || (errno != EAGAIN && errno != EINTR)) return (int)file;
  }
  return -1;
}
