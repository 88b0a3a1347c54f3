// What Threads.c does around a fork(); Fork.c calls it.
#pragma once

void clinuxnet_numbers_before_fork(void);

/// In the child only the calling thread is left: the numbers of all others are free again.
void clinuxnet_numbers_after_fork(int is_child);
