/*
 * What the far end hears: digits to send, then plays, then the test tone, then the echo. Runs in get_frame on a
 * media thread: no allocation, no lock, no print, no Python. PCM is copied once, into the frame.
 */
#include <string.h>

#include "tap_state.h"

/* A digit that we send: above the 40 ms and 40 ms of ITU-T Q.24, the high tone 2 dB up for the line's loss. */
enum { DIGIT_ON_MS = 90, DIGIT_OFF_MS = 60 };
#define DIGIT_LOW_DBM0 (-10.0F)
#define DIGIT_HIGH_DBM0 (-8.0F)

static void end_play(gw_tap *tap, int32_t which, int32_t how) {
    gw_tx *tx = &tap->tx;
    gw_event event;
    memset(&event, 0, sizeof event);
    event.kind = GW_EV_PLAY_ENDED;
    event.play_id = tx->plays[which].id;
    event.played = tx->plays[which].played;
    event.how = how;
    tx->n_plays--;
    memmove(&tx->plays[which], &tx->plays[which + 1], (size_t)(tx->n_plays - which) * sizeof tx->plays[0]);
    /* Always room: at most GW_PLAYS_MAX plays are unended, and levels leave as many slots free. */
    gw_tap_emit(tap, &tap->tx_events, &event, 0, &tap->lost_tx);
}

static void queue_play(gw_tx *tx, const gw_command *command) {
    gw_play *play = &tx->plays[tx->n_plays++]; /* gw_tap_play never lets more than GW_PLAYS_MAX through */
    memset(play, 0, sizeof *play);
    play->id = command->play_id;
    play->clips = command->clips;
    play->n_clips = command->n_clips;
    play->flags = command->flags;
    play->keys_seen_inband = command->keys_seen_inband;
    play->keys_seen_rfc4733 = command->keys_seen_rfc4733;
}

static void stop(gw_tap *tap, int all, int64_t play_id) {
    for (int32_t i = 0; i < tap->tx.n_plays;) {
        if (all || tap->tx.plays[i].id == play_id) end_play(tap, i, GW_ENDED_STOPPED);
        else i++;
    }
}

static void take_commands(gw_tap *tap) {
    gw_command command;
    gw_tx *tx = &tap->tx;
    while (gw_ring_pop(&tap->to_tx, &command)) {
        switch (command.kind) {
        case GW_CMD_PLAY: queue_play(tx, &command); break;
        case GW_CMD_STOP: stop(tap, 0, command.play_id); break;
        case GW_CMD_STOP_ALL: stop(tap, 1, 0); break;
        case GW_CMD_TONE: tx->tone_on = gw_tone_start(&tx->tone, tap->rate, command.hz, command.level_dbm0); break;
        case GW_CMD_TONE_OFF: tx->tone_on = 0; break;
        case GW_CMD_ECHO:
            tx->echo = command.value;
            while (gw_ring_peek(&tap->echo) != NULL)
                gw_ring_drop(&tap->echo); /* what an earlier echo left */
            break;
        case GW_CMD_SEND_DIGIT:
            if (tx->n_digits < GW_DIGITS_MAX) tx->digits[tx->n_digits++] = (char)command.value;
            else atomic_fetch_add_explicit(&tap->lost_tx, 1, memory_order_relaxed);
            break;
        case GW_CMD_MEASURE: gw_meter_set(&tx->meter, tap->rate, command.value, command.repeat); break;
        case GW_CMD_RECORD:
            tx->record = command.value;
            gw_record_command(&tap->recording[1], &command);
            break;
        default: break;
        }
    }
}

/* A press that the loop had not seen when it asked for the play ends it: now, or before it has begun. So a digit
   event that the loop takes after a play command has stopped that play, always. */
static void barge_in(gw_tap *tap) {
    uint32_t inband = atomic_load(&tap->inband.count), rfc4733 = atomic_load(&tap->rfc.count);
    for (int32_t i = 0; i < tap->tx.n_plays;) {
        const gw_play *play = &tap->tx.plays[i];
        int pressed = play->keys_seen_inband != inband || play->keys_seen_rfc4733 != rfc4733;
        if (pressed && (play->flags & GW_PLAY_BARGE_IN) != 0) end_play(tap, i, GW_ENDED_KEY);
        else i++;
    }
}

static int32_t render_digits(gw_tap *tap, int16_t *out, int32_t n) {
    gw_tx *tx = &tap->tx;
    int32_t done = 0;
    while (done < n) {
        if (!tx->sending) {
            if (tx->n_digits == 0) break;
            gw_dtmf_gen_start(&tx->gen, tx->digits[0], DIGIT_ON_MS, DIGIT_OFF_MS, DIGIT_LOW_DBM0, DIGIT_HIGH_DBM0);
            memmove(tx->digits, tx->digits + 1, (size_t)--tx->n_digits);
            tx->sending = 1;
        }
        int32_t got = gw_dtmf_gen_render(&tx->gen, out + done, n - done);
        if (got < n - done) tx->sending = 0;
        done += got;
    }
    return done;
}

static int32_t render_plays(gw_tap *tap, int16_t *out, int32_t n) {
    gw_tx *tx = &tap->tx;
    int32_t done = 0;
    while (done < n && tx->n_plays > 0) {
        gw_play *play = &tx->plays[0];
        if (play->clip == play->n_clips) {
            /* A loop of clips without samples would spin for ever: it ends. */
            if ((play->flags & GW_PLAY_LOOP) == 0 || play->played == 0) {
                end_play(tap, 0, GW_ENDED_END);
                continue;
            }
            play->clip = 0;
        }
        const gw_clip *clip = &play->clips[play->clip];
        int64_t left = clip->n - play->position;
        int32_t take = left < n - done ? (int32_t)left : n - done;
        if (take > 0) memcpy(out + done, clip->samples + play->position, (size_t)take * sizeof *out);
        done += take;
        play->position += take;
        play->played += take;
        if (play->position == clip->n) {
            play->clip++;
            play->position = 0;
        }
    }
    /* A play whose last sample is in this frame has ended now, not in the next one. */
    while (tx->n_plays > 0 && tx->plays[0].clip == tx->plays[0].n_clips &&
           (tx->plays[0].flags & GW_PLAY_LOOP) == 0) {
        end_play(tap, 0, GW_ENDED_END);
    }
    return done;
}

static int32_t render_echo(gw_tap *tap, int16_t *out, int32_t n) {
    /* The two threads keep step; more than two frames waiting means that they did not for a while: catch up. */
    while (gw_ring_waiting(&tap->echo) > 2)
        gw_ring_drop(&tap->echo);
    const void *frame = gw_ring_peek(&tap->echo);
    if (frame == NULL) return 0;
    memcpy(out, frame, (size_t)n * sizeof *out);
    gw_ring_drop(&tap->echo);
    return n;
}

/* The library tells no time when it asks for a frame; it asks all ports before it hands any its frame of that tick.
 */
static void record(gw_tap *tap, const int16_t *out) {
    int64_t tick = atomic_load_explicit(&tap->tick, memory_order_relaxed);
    if (tick != GW_TICK_UNKNOWN) gw_record_frame(tap, &tap->recording[1], out, tick);
}

int gw_tx_frame(gw_tap *tap, int16_t *out) {
    gw_tx *tx = &tap->tx;
    gw_event event;
    int32_t n = tap->frame, done = 0;
    if (gw_ring_waiting(&tap->to_tx) != 0) take_commands(tap);
    if (tx->n_plays > 0) barge_in(tap);
    if (tx->sending || tx->n_digits > 0) done = render_digits(tap, out, n);
    if (done < n && tx->n_plays > 0) done += render_plays(tap, out + done, n - done);
    if (tx->tone_on) {
        gw_tone_render(&tx->tone, out + done, n - done);
        done = n;
    } else if (tx->echo && done == 0) {
        done = render_echo(tap, out, n);
    }
    memset(out + done, 0, (size_t)(n - done) * sizeof *out);
    if (tx->record) record(tap, out);
    if (gw_meter_frame(&tx->meter, tap->rate, out, n, &event)) {
        event.direction = GW_SENT;
        gw_tap_emit(tap, &tap->tx_events, &event, GW_PLAYS_MAX, &tap->lost_tx);
    }
    return done > 0;
}

void gw_tx_end_all(gw_tap *tap) {
    take_commands(tap);
    stop(tap, 1, 0);
}
