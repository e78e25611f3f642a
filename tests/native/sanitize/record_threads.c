/* A media thread that puts, a loop that takes and sometimes sleeps: every sample arrives or is made up for, in order. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tone.h"

#include "record.h"

enum { FRAMES = 40000, FRAME = 37, TOTAL = FRAMES * FRAME };

static gw_record record;
static int32_t finished;

static void *media(void *unused) {
    int16_t frame[FRAME];
    for (int f = 0; f < FRAMES; f++) {
        /* mostly in step with the loop, now and then ahead of it */
        while (f % 1000 > 40 && record.written - __atomic_load_n(&record.read, __ATOMIC_ACQUIRE) > 900) sched_yield();
        for (int i = 0; i < FRAME; i++) frame[i] = (int16_t)(1 + (f * FRAME + i) % 30000); /* never 0: silence is */
        gw_record_put(&record, frame, FRAME);
    }
    __atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
    return unused;
}

static int64_t taken, silent;

static int take(void) {
    int16_t out[700];
    int32_t n = gw_record_take(&record, out, 700);
    for (int32_t i = 0; i < n; i++, taken++) {
        if (out[i] == 0) {
            silent++;
        } else if (out[i] != 1 + taken % 30000) {
            printf("sample %lld is %d\n", (long long)taken, out[i]);
            exit(1);
        }
    }
    return n;
}

int main(void) {
    static int16_t ring[1024];
    if (!gw_record_init(&record, 8000, ring, 1024)) return 1;
    pthread_t thread;
    pthread_create(&thread, NULL, media, NULL);
    while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
        take();
        for (volatile int i = 0; i < (taken % 7 ? 0 : 30000); i++) {} /* now and then the loop is late */
    }
    pthread_join(thread, NULL);
    do gw_record_put(&record, NULL, 0); /* makes up for what is owed */
    while (take());
    int right = taken == TOTAL && silent == gw_record_lost(&record) && silent > 0 && silent < TOTAL / 2;
    printf("%s: %lld samples, %lld of them silence\n", right ? "all accounted for" : "wrong", (long long)taken,
           (long long)silent);
    return !right;
}
