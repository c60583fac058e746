#define _GNU_SOURCE
#include "CTerminal.h"
#include "spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

int ct_pty_open(int columns, int rows, int *slave) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  char name[64];
  if (master < 0) return -1;
  if (grantpt(master) || unlockpt(master) || ptsname_r(master, name, sizeof name)) {
    close(master);
    return -1;
  }
  *slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*slave < 0) {
    close(master);
    return -1;
  }
  ct_pty_resize(master, columns, rows);
  return master;
}

void ct_pty_resize(int master, int columns, int rows) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(master, TIOCSWINSZ, &size);
}

void ct_pty_take(int slave) {
  for (int i = 0; i < 3; i++) dup2(slave, i);
  if (slave > 2) close(slave);
}

// The folder's descriptor keeps long paths within what an address may hold.
static int address(const char *folder, const char *name, struct sockaddr_un *to, int *opened) {
  memset(to, 0, sizeof *to);
  to->sun_family = AF_UNIX;
  *opened = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (*opened < 0) return -1;
  int length = snprintf(to->sun_path, sizeof to->sun_path, "/proc/self/fd/%d/%s", *opened, name);
  if (length >= (int)sizeof to->sun_path) {
    close(*opened);
    errno = ENAMETOOLONG;
    return -1;
  }
  return 0;
}

int ct_socket_listen(const char *folder, const char *name) {
  struct sockaddr_un to;
  int opened;
  int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return -1;
  if (address(folder, name, &to, &opened)) {
    close(made);
    return -1;
  }
  unlink(to.sun_path);
  // Only the owner may connect.
  int code = fchmod(made, 0600) || bind(made, (struct sockaddr *)&to, sizeof to) ||
             chmod(to.sun_path, 0600) || listen(made, 4);
  int reason = errno;
  close(opened);
  if (!code) return made;
  close(made);
  errno = reason;
  return -1;
}

int ct_socket_connect(const char *folder, const char *name) {
  struct sockaddr_un to;
  int opened;
  int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return -1;
  if (address(folder, name, &to, &opened)) {
    close(made);
    return -1;
  }
  int code = connect(made, (struct sockaddr *)&to, sizeof to);
  int reason = errno;
  close(opened);
  if (!code) return made;
  close(made);
  errno = reason;
  return -1;
}

int ct_socket_accept(int listening) {
  int made = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (made < 0) return -1;
  struct ucred who;
  socklen_t size = sizeof who;
  if (getsockopt(made, SOL_SOCKET, SO_PEERCRED, &who, &size) || (who.uid != geteuid() && who.uid)) {
    close(made);
    return -1;
  }
  return made;
}

int ct_start(char *const arguments[], char *const environment[]) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, 0, 1);
  posix_spawn_file_actions_adddup2(&actions, 0, 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_t attributes;
  clean_signals(&attributes, POSIX_SPAWN_SETSID);
  pid_t child = -1;
  int code = posix_spawnp(&child, arguments[0], &actions, &attributes, arguments,
                          environment ? environment : environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code ? -1 : child;
}
