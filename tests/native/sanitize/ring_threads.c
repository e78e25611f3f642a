/* Two threads at full speed over a small ring whose counters wrap: nothing lost, nothing twice, nothing torn. */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "ring.h"

enum { COUNT = 50000, CAPACITY = 64, WORDS = 5 }; /* a processor that two threads must share changes hands 800 times */

typedef struct {
    uint64_t words[WORDS];
} slot;

static gw_ring *ring;

static void *produce(void *unused) {
    for (uint64_t i = 0; i < COUNT; i++) {
        slot s;
        for (int k = 0; k < WORDS; k++) s.words[k] = i * 31 + (uint64_t)k;
        while (!gw_ring_push(ring, &s)) sched_yield();
    }
    return unused;
}

int main(void) {
    pthread_t producer;
    ring = aligned_alloc(64, sizeof *ring);
    gw_ring_init(ring, calloc(CAPACITY, sizeof(slot)), sizeof(slot), CAPACITY);
    atomic_store(&ring->written, UINT32_MAX - 1000);
    atomic_store(&ring->read, UINT32_MAX - 1000);
    pthread_create(&producer, NULL, produce, NULL);
    for (uint64_t i = 0; i < COUNT; i++) {
        slot s;
        while (!gw_ring_pop(ring, &s)) sched_yield();
        for (int k = 0; k < WORDS; k++) {
            if (s.words[k] != i * 31 + (uint64_t)k) {
                fprintf(stderr, "slot %llu holds something else\n", (unsigned long long)i);
                return 1;
            }
        }
    }
    pthread_join(producer, NULL);
    free(ring->slots);
    free(ring);
    puts("ring: all in order");
    return 0;
}
