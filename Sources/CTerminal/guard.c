#define _GNU_SOURCE
#include "CTerminal.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved;
static int has_saved = 0;
static char note[512];
static size_t note_length = 0;

// Only calls that are safe in a signal handler: write, tcsetattr, signal, raise.
static void on_fatal(int number) {
  static const char reset[] =
      "\x1b[<u\x1b[?2004l\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[0m\x1b[?25h\x1b[?1l\x1b>"
      "\x1b[?1049l\r\n";
  ssize_t ignored = write(1, reset, sizeof reset - 1);
  if (has_saved) tcsetattr(0, TCSANOW, &saved);
  ignored = write(2, note, note_length);
  (void)ignored;
  signal(number, SIG_DFL);
  raise(number);
}

void ct_guard_say(const char *message) {
  note_length = strlen(message);
  if (note_length > sizeof note) note_length = sizeof note;
  memcpy(note, message, note_length);
}

void ct_guard_install(const char *message) {
  has_saved = tcgetattr(0, &saved) == 0;
  ct_guard_say(message);
  stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
  if (stack.ss_sp) sigaltstack(&stack, NULL);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_fatal;
  action.sa_flags = (stack.ss_sp ? SA_ONSTACK : 0) | (int)SA_RESETHAND;
  const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) sigaction(fatal[i], &action, NULL);
}
