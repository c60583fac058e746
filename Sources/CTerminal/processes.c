#define _GNU_SOURCE
#include "CTerminal.h"
#include "spawn.h"
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// Never by fork: other threads of this program may hold locks.
int ct_run(char *const arguments[]) {
  posix_spawnattr_t attributes;
  clean_signals(&attributes, 0);
  pid_t child;
  int code = posix_spawnp(&child, arguments[0], NULL, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  if (code != 0) return -1;
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// As the kernel takes it; the library has no call for it.
struct scheduling {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

static int schedule(pid_t task, uint32_t policy, int nice, uint64_t runtime) {
  struct scheduling wanted = {
      .size = sizeof wanted, .policy = policy, .nice = nice, .runtime = runtime};
  return (int)syscall(SYS_sched_setattr, task, &wanted, 0);
}

static void give_way(pid_t task, int nice) {
  // Work that never preempts; older kernels take the lower priority alone.
  if (schedule(task, SCHED_BATCH, nice, 0)) setpriority(PRIO_PROCESS, (id_t)task, nice);
}

void ct_screen_first(void) {
  // Short turns come sooner.
  schedule(0, SCHED_OTHER, getpriority(PRIO_PROCESS, 0), 100000);
}

void ct_thread_gives_way(int nice) { give_way((pid_t)syscall(SYS_gettid), nice); }

// Every thread but the first, which draws, gives way.
void ct_yield_to_screen(int nice) {
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return;
  pid_t self = getpid();
  for (struct dirent *entry; (entry = readdir(tasks));) {
    pid_t task = (pid_t)atoi(entry->d_name);
    if (task > 0 && task != self && getpriority(PRIO_PROCESS, (id_t)task) < nice)
      give_way(task, nice);
  }
  closedir(tasks);
}
