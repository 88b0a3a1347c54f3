// fork(), which Swift does not import: for tests of what a child finds.
#pragma once

/// 0 in the child, where SIGALRM is not blocked; its process number in the parent, or -1.
int cfork(void);
