#define _GNU_SOURCE
#include "CTerminal.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int ends[2] = {-1, -1};

static void on_signal(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t ignored = write(ends[1], &byte, 1);
  (void)ignored;
  errno = saved;
}

int ct_signals_watch(const int *numbers, int count) {
  if (ends[0] < 0 && pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigset_t all;
  sigemptyset(&all);
  for (int i = 0; i < count; i++) {
    sigaction(numbers[i], &action, NULL);
    sigaddset(&all, numbers[i]);
  }
  sigprocmask(SIG_UNBLOCK, &all, NULL);
  return ends[0];
}
