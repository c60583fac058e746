// A program on a terminal of its own, for tests.
#pragma once
#include <sys/types.h>
// Starts a program; its terminal's other end is put into `master`. -1 when that fails.
pid_t pt_start(const char *path, char *const arguments[], char *const environment[], int columns,
               int rows, int *master);
void pt_resize(int master, int columns, int rows);
// 1 where this system gives out terminals.
int pt_is_possible(void);
