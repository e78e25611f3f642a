/*
 * A tap under four threads at once, faster than any call: one receives, one sends, one brings RFC 4733 keys, and the loop
 * gives commands and takes events. The clips of a play are freed the moment its end is taken, so a sample that is read
 * too late is found by the address sanitizer, and a value that crosses without a ring or an atomic by the thread sanitizer.
 * Every frame that is received bears its number, and the recording is asked whether each one lies in its place.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtmf_gen.h"
#include "resample.h"

#include "progress.h"
#include "tap.h"

enum { FRAME = 160, FRAMES = 6000, PLAYS = 400, CLIPS = 3 };

static gw_tap *tap;
static atomic_int running = 1;

static void *receive(void *unused) {
    gw_dtmf_gen gen;
    int16_t frame[FRAME];
    gw_dtmf_gen_init(&gen, 8000);
    for (int i = 0, number = 0; i < FRAMES; i++, number++) {
        if (i % 7 == 0) gw_tap_hand_tick(tap, (int64_t)(number += 5) * FRAME); /* the clock jumps: a new run */
        if (i % 20 == 0) gw_dtmf_gen_start(&gen, "0123456789*#ABCD"[i / 20 % 16], 100, 100, -10.0F, -8.0F);
        int32_t n = gw_dtmf_gen_render(&gen, frame, FRAME);
        memset(frame + n, 0, (size_t)(FRAME - n) * sizeof *frame);
        frame[0] = (int16_t)(number % 100); /* too quiet to disturb a digit */
        frame[1] = (int16_t)(1 + number / 100);
        gw_tap_put(tap, number % 50 == 0 ? NULL : frame, FRAME);
        if (i % 8 == 0) sched_yield();
    }
    return unused;
}

static void *transmit(void *unused) {
    int16_t frame[FRAME];
    while (atomic_load(&running)) {
        gw_tap_get(tap, frame, FRAME);
        sched_yield();
    }
    return unused;
}

static void *key(void *unused) {
    for (uint32_t i = 0; atomic_load(&running); i++) {
        gw_tap_hear_rfc4733(tap, "0123456789*#ABCD!"[i % 17], i / 3 * 200, 20 + (int32_t)(i % 3) * 20, i % 3 == 2 ? 2 : 0);
        sched_yield();
    }
    return unused;
}

typedef struct {
    gw_clip clips[CLIPS];
    int ended;
} play;

static play plays[PLAYS];
static int given, ended, digits;

static void fail(const char *what, long long which) {
    fprintf(stderr, "%s: %lld\n", what, which);
    exit(1);
}

static void take(void) {
    gw_event events[32];
    int32_t n;
    gw_notify_clear();
    do {
        n = gw_tap_events(tap, events, 32);
        for (int32_t i = 0; i < n; i++) {
            digits += events[i].kind == GW_EV_DIGIT;
            if (events[i].kind != GW_EV_PLAY_ENDED) continue;
            play *p = &plays[events[i].play_id];
            if (p->ended++) fail("a play ended twice", events[i].play_id);
            for (int k = 0; k < CLIPS; k++) free((void *)(uintptr_t)p->clips[k].samples);
            ended++;
        }
    } while (n == 32);
}

static int64_t kept[2], checked, runs;
static int masked; /* it has been: from then on samples need not be what was said */

static void check(int64_t tick, const int16_t *samples, int32_t n) {
    for (int32_t k = 0; k < n && !masked; k++) {
        int64_t frame = (tick + k) / FRAME, in_frame = (tick + k) % FRAME;
        int64_t expected = frame % 50 == 0 ? 0 : in_frame == 0 ? frame % 100 : 1 + frame / 100;
        checked += in_frame < 2;
        if (in_frame < 2 && samples[k] != expected) fail("not the sample of this tick", tick + k);
    }
}

static void take_recorded(void) {
    int16_t samples[700];
    int64_t tick, end = -1;
    int32_t n;
    for (int32_t direction = GW_RECEIVED; direction <= GW_SENT; direction++) {
        while ((n = gw_tap_recorded(tap, direction, samples, 700, &tick)) > 0) {
            if (direction == GW_RECEIVED && tick < end) fail("a run goes back to", tick);
            if (direction == GW_RECEIVED) check(tick, samples, n);
            runs += tick != end;
            end = tick + n;
            kept[direction - 1] += n;
        }
        end = -1;
    }
}

static void command_parts(unsigned turn) {
    switch (turn % 8) {
    case 0: gw_tap_detect_voice(tap, turn % 32 != 0); break;
    case 1: gw_tap_detect_progress(tap, (int32_t)(turn / 8 % (GW_PLANS + 1)) - 1); break;
    case 2:
        if (turn % 64 != 2) break;
        gw_tap_record(tap, turn / 64 % 8 < 7 ? GW_RECEIVED | GW_SENT : (int32_t)(turn / 512 % 4));
        break;
    case 3:
        if (given < PLAYS / 2) break;
        masked = 1;
        gw_tap_record_mask(tap, turn % 16 == 3);
        break;
    case 4: take_recorded(); break;
    default: if (turn / 64 % 4 == 0) take_recorded(); /* and in between so seldom that the rings overflow, too */
    }
}

static void command(unsigned turn) {
    command_parts(turn);
    switch (turn % 16) {
    case 0: gw_tap_echo(tap, turn % 32 == 0); break;
    case 1: gw_tap_tone(tap, 1004.0, 0.0); break;
    case 2: gw_tap_tone_off(tap); break;
    case 3: gw_tap_send_digit(tap, "0123456789*#ABCD"[turn / 16 % 16]); break;
    case 4: gw_tap_measure(tap, 40, 1); break;
    case 5: gw_tap_detect(tap, turn % 64 != 5); break;
    case 6: gw_tap_stop(tap, given - 1); break;
    case 7: if (turn % 128 == 7) gw_tap_stop_all(tap); break;
    default: {
        if (given == PLAYS) break;
        play *p = &plays[given];
        for (int k = 0; k < CLIPS; k++) {
            int64_t n = (int64_t)((turn * 37 + (unsigned)k * 101) % 900);
            int16_t *samples = malloc((size_t)(n + 1) * sizeof *samples);
            for (int64_t s = 0; s < n; s++) samples[s] = (int16_t)s;
            p->clips[k] = (gw_clip){samples, n};
        }
        int32_t flags = (turn % 3 ? GW_PLAY_BARGE_IN : 0) | (turn % 5 == 0 ? GW_PLAY_LOOP | GW_PLAY_BARGE_IN : 0);
        if (gw_tap_play(tap, given, p->clips, CLIPS, flags) == GW_OK) given++;
        else for (int k = 0; k < CLIPS; k++) free((void *)(uintptr_t)p->clips[k].samples);
    }
    }
}

int main(void) {
    pthread_t threads[3];
    tap = gw_tap_new("storm", 8000, FRAME);
    pthread_create(&threads[0], NULL, receive, NULL);
    pthread_create(&threads[1], NULL, transmit, NULL);
    pthread_create(&threads[2], NULL, key, NULL);
    for (unsigned turn = 0; given < PLAYS; turn++) {
        command(turn);
        take();
        sched_yield();
    }
    pthread_join(threads[0], NULL);
    atomic_store(&running, 0);
    pthread_join(threads[1], NULL);
    pthread_join(threads[2], NULL);
    gw_tap_close(tap);
    if (!gw_tap_gone(tap)) fail("a tap that was on no bridge is not gone at once", 0);
    take();
    if (ended != PLAYS) fail("plays that ended", ended);
    take_recorded();
    if (digits == 0) fail("digits", digits);
    if (kept[0] == 0 || kept[1] == 0 || checked == 0) fail("samples recorded", checked);
    gw_overflows lost;
    gw_tap_overflows(tap, &lost);
    if (!gw_tap_free(tap)) fail("not freed", 0);
    printf("storm: %d plays ended once each, %d digit events, refused %lld, lost %lld + %lld + %lld\n", ended, digits,
           (long long)lost.commands, (long long)lost.received, (long long)lost.sent, (long long)lost.rfc4733);
    printf("recorded: %lld samples received, %lld sent, in %lld runs; %lld without room\n", (long long)kept[0],
           (long long)kept[1], (long long)runs, (long long)lost.recorded);
    return 0;
}
