/*
 * The media threads allocate nothing, lock nothing and print nothing. The functions that would are replaced here by ones
 * that count their calls while the flag is up; then every part of the tap is made to work with the flag up.
 * The last line is the counter-proof: an offender must be counted.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static int on_media_thread;
static int allocations, locks, writes;

void *malloc(size_t n) {
    allocations += on_media_thread;
    return __libc_malloc(n);
}
void *calloc(size_t n, size_t size) {
    allocations += on_media_thread;
    return __libc_calloc(n, size);
}
void *realloc(void *p, size_t n) {
    allocations += on_media_thread;
    return __libc_realloc(p, n);
}
void *aligned_alloc(size_t alignment, size_t n) {
    allocations += on_media_thread;
    return __libc_memalign(alignment, n);
}
void free(void *p) {
    allocations += on_media_thread;
    __libc_free(p);
}
int pthread_mutex_lock(pthread_mutex_t *mutex) {
    static int (*real)(pthread_mutex_t *);
    locks += on_media_thread;
    if (real == NULL) real = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
    return real(mutex);
}
ssize_t write(int fd, const void *bytes, size_t n) {
    static ssize_t (*real)(int, const void *, size_t);
    writes += on_media_thread;
    if (real == NULL) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return real(fd, bytes, n);
}
int fputs(const char *text, FILE *file) {
    writes += on_media_thread;
    return fprintf(file, "%s", text);
}

enum { FRAME = 160 };

int main(void) {
    static int16_t pcm[1000], frame[FRAME], kept[1000];
    int64_t recorded = 0;
    gw_tap *tap = gw_tap_new("rules", 8000, FRAME), *far_end = gw_tap_new("far end", 8000, FRAME);
    gw_clip clips[2] = {{pcm, 333}, {pcm, 1000}};
    int sound = 0, events = 0;
    for (int turn = 0; turn < 1500; turn++) {
        gw_event taken[64];
        if (turn % 60 == 0) gw_tap_send_digit(far_end, "0123456789*#ABCD"[turn / 60 % 16]);
        gw_tap_play(tap, turn, clips, 2, turn % 2 ? GW_PLAY_BARGE_IN : 0);
        if (turn % 40 == 5) gw_tap_tone(tap, 1004.0, 0.0);
        if (turn % 40 == 25) gw_tap_tone_off(tap);
        if (turn % 40 == 30) gw_tap_send_digit(tap, '5');
        if (turn % 100 == 50) gw_tap_stop_all(tap);
        if (turn % 200 == 0) gw_tap_echo(tap, turn % 400 == 0);
        if (turn == 3) gw_tap_measure(tap, 20, 1);
        if (turn % 300 == 299) gw_tap_detect(tap, turn % 600 == 599);
        if (turn % 250 == 10) gw_tap_detect_voice(tap, turn % 500 == 10);
        if (turn % 250 == 20) gw_tap_detect_progress(tap, turn / 250 % 5 - 1);
        if (turn % 400 == 30) gw_tap_record(tap, turn % 1200 == 430 ? 0 : GW_RECEIVED | GW_SENT);
        if (turn % 100 == 60) gw_tap_record_mask(tap, turn % 200 == 60);
        gw_tap_get(far_end, frame, FRAME);
        on_media_thread = 1;
        gw_tap_put(tap, frame, FRAME);
        sound += gw_tap_get(tap, frame, FRAME);
        gw_tap_hear_rfc4733(tap, '0' + turn % 10, (uint32_t)turn * 100, 20, turn % 4 == 0 ? 2 : 0);
        on_media_thread = 0;
        if (turn % 3 == 0) events += gw_tap_events(tap, taken, 64); /* seldom enough that the rings overflow, too */
        for (int d = GW_RECEIVED; d <= GW_SENT && turn % 110 == 100; d++) {
            int64_t tick;
            int32_t n;
            while ((n = gw_tap_recorded(tap, d, kept, 1000, &tick)) > 0) recorded += n;
        }
    }
    int offences = allocations + locks + writes;
    gw_overflows lost;
    gw_tap_overflows(tap, &lost);
    printf("rules: %d allocations, %d locks, %d writes in 1500 frames; %d frames of sound, %d events, %lld samples "
           "recorded, %lld without room\n",
           allocations, locks, writes, sound, events, (long long)recorded, (long long)lost.recorded);
    fflush(stdout);
    on_media_thread = 1;
    free(malloc(10));
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    if (write(1, "", 0) < 0) return 2;
    on_media_thread = 0;
    if (allocations + locks + writes != offences + 4) return 3; /* the counters sleep */
    return offences == 0 && sound > 100 && events > 100 && recorded > 10000 && lost.recorded > 0 ? 0 : 1;
}
