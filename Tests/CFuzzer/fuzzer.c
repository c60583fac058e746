#include "fuzzer.h"

// Only `swift build --sanitize=fuzzer` links the library that has this.
int LLVMFuzzerRunDriver(int *, char ***, OneInput) __attribute__((weak));

int run_fuzzer(int *count, char ***arguments, OneInput input) {
  if (!LLVMFuzzerRunDriver) return -1;
  return LLVMFuzzerRunDriver(count, arguments, input);
}
