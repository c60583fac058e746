// Threads that help with the parts of one piece of work after the other.
//
// Between two pieces a helper looks for the next for some microseconds before it sleeps: the operations
// of a training step follow each other faster than a sleeping thread wakes up. The caller works too and
// waits only for helpers that have begun, so that a helper without a processor holds nobody up.
#include "CKernels.h"
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// How long a helper looks, and a caller waits for the last helper, before it sleeps.
#define LOOKING_NANOSECONDS 30000

// `state` holds whether helpers may begin, how many at most, and how many are at work.
#define OPEN 0x80000000u
#define WAITED_FOR 0x40000000u
#define LIMIT_SHIFT 16
#define LIMIT(s) (((s) >> LIMIT_SHIFT) & 0xffu)
#define AT_WORK(s) ((s) & 0xffffu)

static _Atomic uint32_t state, generation, sleeping, taken;
static _Atomic long next;
static long parts;
static ck_part body;
static void *context;
// Written only by the caller that has taken the pool.
static int helpers;

static void futex_wait(_Atomic uint32_t *word, uint32_t seen) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word, int count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static void breathe(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000L + now.tv_nsec;
}

// Looks until the word is another than `seen`, for a short time; 1 when it is.
static int changes_soon(_Atomic uint32_t *word, uint32_t seen) {
  long end = 0;
  for (;;) {
    for (int turn = 0; turn < 64; turn++) {
      if (atomic_load_explicit(word, memory_order_acquire) != seen) return 1;
      breathe();
    }
    long now = nanoseconds();
    if (end == 0) end = now + LOOKING_NANOSECONDS;
    if (now >= end) return 0;
  }
}

static void work(void) {
  for (;;) {
    long part = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    if (part >= parts) return;
    body(context, part);
  }
}

static void *help(void *unused) {
  (void)unused;
  uint32_t seen = 0;
  for (;;) {
    while (atomic_load_explicit(&generation, memory_order_acquire) == seen) {
      if (changes_soon(&generation, seen)) break;
      atomic_fetch_add(&sleeping, 1);
      futex_wait(&generation, seen);
      atomic_fetch_sub(&sleeping, 1);
    }
    seen = atomic_load_explicit(&generation, memory_order_acquire);
    uint32_t s = atomic_load_explicit(&state, memory_order_relaxed);
    int begins = 0;
    while ((s & OPEN) && AT_WORK(s) < LIMIT(s)) {
      if (atomic_compare_exchange_weak_explicit(
              &state, &s, s + 1, memory_order_acq_rel, memory_order_relaxed)) {
        begins = 1;
        break;
      }
    }
    if (!begins) continue;
    work();
    s = atomic_fetch_sub_explicit(&state, 1, memory_order_acq_rel) - 1;
    if (AT_WORK(s) == 0 && (s & WAITED_FOR)) futex_wake(&state, 1);
  }
  return NULL;
}

// Starts helpers up to a number; how many there are.
static int have_helpers(int wanted) {
  if (helpers >= wanted) return helpers;
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 4 << 20);
  while (helpers < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, help, NULL) != 0) break;
    helpers++;
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  return helpers;
}

int ck_run_parts(long count, int threads, ck_part run, void *with) {
  uint32_t is_free = 0;
  if (!atomic_compare_exchange_strong(&taken, &is_free, 1)) return 0;
  int wanted = threads - 1;
  int limit = have_helpers(wanted);
  if (limit > wanted) limit = wanted;
  (parts = count, body = run, context = with);
  atomic_store_explicit(&next, 0, memory_order_relaxed);
  atomic_store_explicit(&state, OPEN | (uint32_t)limit << LIMIT_SHIFT, memory_order_release);
  atomic_fetch_add(&generation, 1);
  if (atomic_load(&sleeping) > 0) futex_wake(&generation, limit);
  work();
  uint32_t s = atomic_fetch_and(&state, ~OPEN) & ~OPEN;
  while (AT_WORK(s) > 0) {
    if (!changes_soon(&state, s)) {
      // The last one at work wakes this thread.
      uint32_t waited = s | WAITED_FOR;
      if ((s & WAITED_FOR) || atomic_compare_exchange_strong(&state, &s, waited))
        futex_wait(&state, waited);
    }
    s = atomic_load_explicit(&state, memory_order_acquire);
  }
  atomic_store_explicit(&state, 0, memory_order_relaxed);
  atomic_store_explicit(&taken, 0, memory_order_release);
  return 1;
}
