// What of ncurses and signals Swift cannot reach by itself.
#pragma once
#include <stdint.h>

// --- screen (screen.c): all calls from one thread -------------------------------------------------
// 0 when the terminal is ready, else a reason: 1 unknown terminal, 2 no cursor movement.
int ct_open(const char *term);
void ct_close(void);
// Leaves the full screen for another program, and comes back to it.
void ct_pause(void);
void ct_go_on(void);
// Writes bytes past ncurses.
void ct_say(const uint8_t *bytes, long count);
// Runs a program on the terminal and waits for it; its exit status, or -1.
int ct_run(char *const arguments[]);
// Lets the thread that draws go first when all processors are at work.
void ct_yield_to_screen(int nice);
// The thread that calls goes before others: it draws, and takes short turns.
void ct_screen_first(void);
// The thread that calls, and those that it begins, let the one that draws go first.
void ct_thread_gives_way(int nice);
// How many colours the terminal has.
int ct_colors(void);
// How many a terminal of that name has, without touching any: 0 for none, -1 for an unknown name.
int ct_known_colors(const char *term);
void ct_size(int *width, int *height);
// Takes over the size that the terminal has now.
void ct_resize(void);
// style bits: 1 bold, 2 dim, 4 reverse; colours 0..255, -1 for the terminal's own.
// A character of a width that the terminal counts otherwise is drawn as a question mark.
void ct_put(int column, int row, int width, uint32_t scalar, const uint32_t *marks, int mark_count,
            int bits, int foreground, int background);
void ct_cursor(int column, int row, int visible);
void ct_refresh(void);
// The next refresh draws everything anew.
void ct_repaint(void);
// --- terminals of one's own (host.c) ----------------------------------------------------------------
// A pseudo terminal; its master, which never blocks, or -1.
int ct_pty_open(int columns, int rows, int *slave);
void ct_pty_resize(int master, int columns, int rows);
// Makes it the terminal that this program reads and writes.
void ct_pty_take(int slave);
// Sockets by folder and name; -1 with errno. Only the owner may connect.
int ct_socket_listen(const char *folder, const char *name);
int ct_socket_connect(const char *folder, const char *name);
int ct_socket_accept(int listening);
// Starts a program without a terminal, in a session of its own; its process, or -1.
int ct_start(char *const arguments[], char *const environment[]);

// --- crashes (guard.c) ------------------------------------------------------------------------------
// Saves the terminal's modes and restores them, with a line of text, when the program dies by a
// signal. `message` is copied.
void ct_guard_install(const char *message);
// Changes that line.
void ct_guard_say(const char *message);

// --- signals (signals.c) --------------------------------------------------------------------------
// From now on each of these signals puts its number as a byte into a pipe, whose reading end is
// returned; -1 when there is no pipe left.
int ct_signals_watch(const int *numbers, int count);
