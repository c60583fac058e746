#include <stddef.h>
#include <stdint.h>

typedef int (*OneInput)(const uint8_t *bytes, size_t count);

/// Runs libFuzzer with its arguments; -1 when the program was built without it.
int run_fuzzer(int *count, char ***arguments, OneInput input);
