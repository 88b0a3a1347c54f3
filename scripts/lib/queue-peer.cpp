// Passes events of 64 bytes from one thread to another and reads them completely, through rigtorp's SPSCQueue.
#include <rigtorp/SPSCQueue.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
struct Event { uint64_t words[8]; };
int main(int argc, char **argv) {
    const uint64_t count = argc > 1 ? strtoull(argv[1], nullptr, 10) : 20000000;
    const int rounds = argc > 2 ? atoi(argv[2]) : 1;
    for (int round = 0; round < rounds; round++) {
        rigtorp::SPSCQueue<Event> queue(8192);
        uint64_t sum = 0;
        auto begin = std::chrono::steady_clock::now();
        std::thread consumer([&] {
            uint64_t s = 0;
            for (uint64_t n = 0; n < count; n++) {
                Event *e;
                while (!(e = queue.front())) ;
                for (int w = 0; w < 8; w++) s += e->words[w];
                queue.pop();
            }
            sum = s;
        });
        for (uint64_t n = 0; n < count; n++) {
            Event e{{n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7}};
            queue.push(e);
        }
        consumer.join();
        double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        if (sum != count * (count - 1) / 2 * 8 + count * 28) { puts("wrong sum"); return 1; }
        printf("%.0f\n", count / s);
    }
}
