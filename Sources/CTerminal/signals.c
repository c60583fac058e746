#define _GNU_SOURCE
#include "CTerminal.h"
#include <signal.h>
#include <string.h>

static volatile sig_atomic_t received = 0;

static void on_signal(int number) { received = number; }

void ct_signals_watch(const int *numbers, int count) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  // Without SA_RESTART, so that a waiting poll returns.
  for (int i = 0; i < count; i++) sigaction(numbers[i], &action, NULL);
}

int ct_signal_received(void) {
  int number = received;
  received = 0;
  return number;
}
