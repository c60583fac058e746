#include "CKernels.h"

static _Thread_local void *recording;
static _Thread_local void *stop;
void *ck_stop(void) { return stop; }
void ck_set_stop(void *object) { stop = object; }
void *ck_recording(void) { return recording; }
void ck_set_recording(void *object) { recording = object; }

static _Thread_local void *pool;
void *ck_pool(void) { return pool; }
void ck_set_pool(void *object) { pool = object; }

static _Thread_local long held, most;
void ck_bytes_moved(long count) {
  held += count;
  if (held > most) most = held;
}
long ck_bytes_held(void) { return held; }
long ck_bytes_most(void) { return most; }
void ck_set_bytes_most(long count) { most = count; }
