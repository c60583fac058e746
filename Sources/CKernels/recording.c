#include "CKernels.h"

static _Thread_local void *recording;
void *ck_recording(void) { return recording; }
void ck_set_recording(void *object) { recording = object; }
