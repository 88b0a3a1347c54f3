#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop, from the compiler's libclang_rt.fuzzer_no_main. No header of the toolchain declares it.
///
/// Takes libFuzzer's own options from the arguments, calls `callback` with one input after another (the bytes are
/// libFuzzer's, valid during the call; 0 means the input may join the corpus) and returns when they are used up.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
