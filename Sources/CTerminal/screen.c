#define _GNU_SOURCE
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include "CTerminal.h"
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;

static void say(const char *sequence) {
  ssize_t ignored = write(1, sequence, strlen(sequence));
  (void)ignored;
}

int ct_open(const char *term) {
  // Characters by the user's locale, numbers always with a point.
  if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX < 4) setlocale(LC_CTYPE, "C.UTF-8");
  int problem = 0;
  if (setupterm((char *)term, 1, &problem) == ERR) return 1;
  if (tigetstr("cup") == NULL || tigetstr("cup") == (char *)-1) return 2;
  screen = newterm((char *)term, stdout, stdin);
  if (!screen) return 1;
  set_term(screen);
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  say("\x1b[?2004h");
  return 0;
}

void ct_close(void) {
  if (!screen) return;
  say("\x1b[?2004l");
  endwin();
  delscreen(screen);
  screen = NULL;
}

int ct_known_colors(const char *term) {
  int problem = 0;
  if (setupterm((char *)term, 1, &problem) == ERR) return -1;
  int count = tigetnum("colors");
  del_curterm(cur_term);
  return count < 0 ? 0 : count;
}

void ct_size(int *width, int *height) {
  *width = screen ? getmaxx(stdscr) : 0;
  *height = screen ? getmaxy(stdscr) : 0;
}

void ct_resize(void) {
  struct winsize size;
  if (screen && ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
    resizeterm(size.ws_row, size.ws_col);
}

void ct_put(int column, int row, int width, uint32_t scalar, const uint32_t *marks, int mark_count,
            int bits, int foreground, int background) {
  if (scalar >= 128 && wcwidth((wchar_t)scalar) != width) {
    ct_put(column, row, 1, '?', marks, 0, bits, foreground, background);
    if (width == 2) ct_put(column + 1, row, 1, ' ', marks, 0, bits, foreground, background);
    return;
  }
  wchar_t text[CCHARW_MAX + 1] = {(wchar_t)scalar};
  int length = 1;
  for (int i = 0; i < mark_count && length < CCHARW_MAX; i++) text[length++] = (wchar_t)marks[i];
  attr_t attributes = (bits & 1 ? WA_BOLD : 0) | (bits & 2 ? WA_DIM : 0) | (bits & 4 ? WA_REVERSE : 0);
  int pair = 0;
  if (has_colors() && (foreground >= 0 || background >= 0)) {
    if (foreground >= COLORS) foreground = -1;
    if (background >= COLORS) background = -1;
    pair = alloc_pair(foreground, background);
    if (pair < 0) pair = 0;
  }
  cchar_t cell;
  if (setcchar(&cell, text, attributes, 0, &pair) != ERR) mvadd_wch(row, column, &cell);
}

void ct_cursor(int column, int row, int visible) {
  curs_set(visible ? 1 : 0);
  if (visible) move(row, column);
}

void ct_refresh(void) { refresh(); }

void ct_repaint(void) { clearok(stdscr, TRUE); }

void ct_pause(void) {
  say("\x1b[?2004l");
  endwin();
}

void ct_go_on(void) {
  reset_prog_mode();
  clearok(stdscr, TRUE);
  refresh();
  say("\x1b[?2004h");
}

void ct_say(const uint8_t *bytes, long count) {
  while (count > 0) {
    ssize_t written = write(1, bytes, (size_t)count);
    if (written <= 0) return;
    bytes += written;
    count -= written;
  }
}

int ct_colors(void) { return has_colors() ? COLORS : 0; }
