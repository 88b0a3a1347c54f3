#include "CTicks.h"

// Everything stands in the header, so that callers inline it.
extern uint64_t cticks_now_called(void);

uint64_t cticks_now_called(void) { return cticks_now(); }
