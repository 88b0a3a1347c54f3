#include "CFork.h"

#include <unistd.h>

int cfork(void) { return (int)fork(); }
