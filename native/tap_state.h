/*
 * What the parts of the tap share. Each group of fields belongs to one thread; what crosses a border is a ring or
 * an atomic. README.md has the table.
 */
#ifndef GW_TAP_STATE_H
#define GW_TAP_STATE_H

#include <stdatomic.h>
#include <stdint.h>

#include "pj_abi.h"
#include "ring.h"

#include "dtmf.h"
#include "dtmf_gen.h"
#include "level.h"
#include "tap.h"
#include "tap_parts.h"

enum {
    GW_FRAME_MAX = 960, /* samples: 60 ms at 16 kHz */
    GW_PLAYS_MAX = 16,  /* plays that have not ended, or whose end has not been taken */
    GW_DIGITS_MAX = 64, /* digits waiting to be sent */
    GW_COMMANDS = 64, /* slots of each command ring; above GW_DIGITS_MAX commands a frame nothing is lost either */
    GW_RX_EVENTS = 128,
    GW_TX_EVENTS = 64,
    GW_RFC_EVENTS = 128,
    GW_ECHO_FRAMES = 8
};

/* A press that came by one source is looked for in the other one for this long: 40 ms to decide an in-band digit,
   up to 200 ms of jitter buffer before it, and a margin. */
enum { GW_SAME_PRESS_MS = 400 };

typedef enum {
    GW_CMD_PLAY,
    GW_CMD_STOP,
    GW_CMD_STOP_ALL,
    GW_CMD_ECHO,
    GW_CMD_TONE,
    GW_CMD_TONE_OFF,
    GW_CMD_SEND_DIGIT,
    GW_CMD_DETECT,
    GW_CMD_KEY_MASK,
    GW_CMD_MEASURE,
    GW_CMD_VOICE,
    GW_CMD_PROGRESS,
    GW_CMD_RECORD
} gw_command_kind;

typedef struct {
    int64_t play_id;
    const gw_clip *clips;
    int32_t kind, n_clips, flags;
    uint32_t keys_seen_inband, keys_seen_rfc4733; /* presses that the loop knew of when it gave the command */
    int32_t value, repeat;
    uint32_t take; /* counts the recordings of a direction */
    double hz, level_dbm0;
} gw_command;

/* The last presses of one source that stood for themselves: written by its producer, read by the other one. */
typedef struct {
    _Atomic uint32_t count;
    _Atomic uint64_t last; /* digit in the low 8 bits, samples received above them; 0: none */
    _Atomic uint32_t lost; /* nth of the newest press whose event found the ring full */
} gw_presses;

typedef struct {
    gw_level level;
    int64_t window; /* samples; 0: off */
    int32_t repeat;
} gw_meter;

typedef struct {
    gw_dtmf dtmf;
    gw_meter meter;
    gw_hearing hearing;
    int64_t fed; /* samples that the detector got since it was started */
    uint32_t key_mask;
    int32_t detect, echo, record;
    int32_t on, on_doubled; /* the digit that is on and reported, and how; 0: none */
} gw_rx;

typedef struct {
    int64_t id, position, played;
    const gw_clip *clips;
    int32_t n_clips, flags, clip;
    uint32_t keys_seen_inband, keys_seen_rfc4733;
} gw_play;

typedef struct {
    gw_play plays[GW_PLAYS_MAX];
    gw_tone tone;
    gw_dtmf_gen gen;
    gw_meter meter;
    int32_t n_plays, tone_on, echo, sending, n_digits, record;
    char digits[GW_DIGITS_MAX];
} gw_tx;

enum { GW_HISTORY = 8 };

typedef struct {
    struct {
        uint32_t rtp_ms;
        int32_t digit, ended, doubled, duration_ms;
    } past[GW_HISTORY]; /* newest first */
    int32_t n;
} gw_rfc4733;

struct gw_tap {
    pjmedia_port port; /* first: the library's pointer is ours */
    char name[32];
    int32_t rate, frame;

    /* the loop's own */
    int32_t slot, closing, ended_all, n_unended;
    uint32_t keys_seen_inband, keys_seen_rfc4733;
    int64_t commands_refused;

    int32_t recorded, record_masked; /* directions that are being recorded; what the mask is set to */

    _Atomic int64_t received;  /* samples, written by the receiving thread */
    _Atomic int64_t tick;      /* of the next frame on the bridge's clock, written by the receiving thread */
    _Atomic int64_t hand_tick; /* of the next frame that comes by hand */
    _Atomic uint32_t order;
    _Atomic int32_t gone;
    _Atomic int64_t lost_rx, lost_tx, lost_rfc, lost_echo, lost_recorded;
    gw_presses inband, rfc;

    gw_ring to_rx, to_tx;                     /* commands; the loop produces */
    gw_ring rx_events, tx_events, rfc_events; /* one producer each; the loop consumes */
    gw_ring echo;                             /* frames, from the receiving to the sending thread */

    gw_rx rx;
    gw_tx tx;
    gw_rfc4733 heard; /* the I/O queue thread's */

    gw_recording *recording; /* received and sent; the loop makes them before its first command to record */

    gw_command rx_commands[GW_COMMANDS], tx_commands[GW_COMMANDS];
    gw_event rx_slots[GW_RX_EVENTS], tx_slots[GW_TX_EVENTS], rfc_slots[GW_RFC_EVENTS];
    int16_t echo_slots[GW_ECHO_FRAMES][GW_FRAME_MAX];
};

/* Receiving thread, put_frame: one frame and its tick; samples NULL is a frame of silence. */
void gw_rx_frame(gw_tap *tap, const int16_t *samples, int64_t tick);
/* Receiving thread: its other detectors, which begin anew with each command. */
void gw_hear_command(gw_tap *tap, const gw_command *command);
void gw_hear_frame(gw_tap *tap, const int16_t *samples);
/* The thread of that direction: one frame of it, n samples, into the recording. */
void gw_record_command(gw_recording *recording, const gw_command *command);
void gw_record_frame(gw_tap *tap, gw_recording *recording, const int16_t *samples, int64_t tick);
/* Loop. */
void gw_recordings_free(gw_tap *tap);
int32_t gw_tap_command(gw_tap *tap, gw_ring *ring, const gw_command *command);
/* Sending thread, get_frame: fills one frame. 1: there is sound in it, 0: there is nothing to send. */
int gw_tx_frame(gw_tap *tap, int16_t *out);
/* When both media threads have let go: ends what is still queued, so that every play ends once. */
void gw_tx_end_all(gw_tap *tap);
/* I/O queue thread. */
void gw_rfc4733_report(gw_tap *tap, int32_t digit, uint32_t rtp_ms, int32_t duration_ms, int32_t flags);
/* Loop: no stream will reach this tap any more. 0 while one is just being served. */
int gw_rfc4733_detach(gw_tap *tap);

/* Any producer: completes an event and pushes it; keep: slots that must stay free for others. Counts in *lost. */
int gw_tap_emit(gw_tap *tap, gw_ring *ring, gw_event *event, uint32_t keep, _Atomic int64_t *lost);

/* A BEGIN of one source: is it the press that the other source has just reported? */
int gw_press_is_double(const gw_tap *tap, gw_presses *other, int32_t digit);
/* Notes a press that stands for itself; its nth. refresh: it is still held. */
uint32_t gw_press_note(gw_tap *tap, gw_presses *own, int32_t digit);
void gw_press_refresh(gw_tap *tap, gw_presses *own, int32_t digit);

void gw_meter_set(gw_meter *meter, int32_t rate, int32_t window_ms, int32_t repeat);
/* 1 when a window has become full and *event tells its levels. */
int gw_meter_frame(gw_meter *meter, int32_t rate, const int16_t *samples, int32_t n, gw_event *event);

#endif
