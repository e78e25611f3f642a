/*
 * The tap's contract: one pjmedia port for each leg. It hears what the far end sends (put_frame) and speaks to it
 * (get_frame), both on the media threads; everything declared here is called by the loop thread alone.
 *
 * Bare declarations: cffi reads this file and the compiler too, so there are no includes and no guards.
 * Needs <stdint.h> before it.
 */

typedef struct gw_tap gw_tap;

/* PCM that is played where it lies: the caller keeps it, and the table of clips, alive until PLAY_ENDED or GONE. */
typedef struct gw_clip {
    const int16_t *samples;
    int64_t n;
} gw_clip;

enum { GW_PLAY_LOOP = 1, GW_PLAY_BARGE_IN = 2 };

/* Results of a command. FULL is counted in gw_tap_overflows: the command was not taken. */
enum { GW_OK = 0, GW_FULL = -1, GW_CLOSED = -2, GW_BAD_VALUE = -3, GW_NOT_BOUND = -4 };

enum { GW_EV_DIGIT = 1, GW_EV_PLAY_ENDED = 2, GW_EV_LEVEL = 3, GW_EV_VOICE = 4, GW_EV_PROGRESS = 5 };
enum { GW_SOURCE_INBAND = 1, GW_SOURCE_RFC4733 = 2 };
enum { GW_KEY_BEGIN = 1, GW_KEY_END = 2 };
enum { GW_ENDED_END = 1, GW_ENDED_KEY = 2, GW_ENDED_STOPPED = 3 };
enum { GW_RECEIVED = 1, GW_SENT = 2 }; /* also as bits */

/* One event. Only the fields of its kind are set, the others are zero. */
typedef struct gw_event {
    int32_t kind;   /* GW_EV_... */
    uint32_t order; /* counts all events of the tap, over its three rings */
    int64_t at;     /* samples received by the tap when it was decided */
    /* GW_EV_DIGIT; phase, start and end also of GW_EV_VOICE and GW_EV_PROGRESS */
    int32_t digit;       /* '0'..'9', '*', '#', 'A'..'D' */
    int32_t phase;       /* GW_KEY_... */
    int32_t source;      /* GW_SOURCE_... */
    int32_t doubled;     /* 1: the same press has already come from the other source; it did not stop a play */
    uint32_t nth;        /* counts the presses of this source that stop plays; 0 in an END and when doubled */
    int64_t start, end;  /* in samples received; end is -1 in a BEGIN; not of RFC 4733 */
    uint32_t rtp_ms;     /* RFC 4733: the RTP timestamp in ms, as the library gives it; names the press */
    int32_t duration_ms; /* RFC 4733: as far as it is known; in-band: of the END */
    float low_dbm0, high_dbm0, twist_db, confidence; /* in-band */
    /* GW_EV_PLAY_ENDED */
    int64_t play_id;
    int64_t played; /* samples */
    int32_t how;    /* GW_ENDED_... */
    /* GW_EV_LEVEL */
    int32_t direction;           /* GW_RECEIVED or GW_SENT */
    float level_dbm0, peak_dbm0; /* level also of GW_EV_PROGRESS: of its first element */
    int32_t window_ms;
    /* GW_EV_PROGRESS; a BEGIN comes when the cadence is sure */
    int32_t signal; /* GW_PROGRESS_... */
    float hz[2];    /* of its first element; the second is 0 for a single tone */
} gw_event;

/* Events and commands that found a ring full and were dropped. An end of a play is never among them. */
typedef struct gw_overflows {
    int64_t commands;                /* refused with GW_FULL */
    int64_t received, sent, rfc4733; /* events */
    int64_t echo;                    /* frames that the echo had no room for */
    int64_t recorded;                /* samples of both directions that the recording had no room for */
} gw_overflows;

/* A tap with detection on and nothing to send. NULL: rate is not 8000 or 16000, or a frame not 10 to 60 ms. */
gw_tap *gw_tap_new(const char *name, int32_t rate, int32_t frame_samples);
/* Adds it to the bridge. Its slot (>= 0), GW_NOT_BOUND, or minus the pj_status_t of the library. */
int32_t gw_tap_open(gw_tap *tap);

/* Commands: GW_OK, GW_FULL, GW_CLOSED or GW_BAD_VALUE. They take effect in the next frame. */
/* Queued behind the plays before it, without a gap. At most 16 plays at a time may not have ended yet. */
int32_t gw_tap_play(gw_tap *tap, int64_t play_id, const gw_clip *clips, int32_t n_clips, int32_t flags);
int32_t gw_tap_stop(gw_tap *tap, int64_t play_id); /* this play alone, queued or heard */
int32_t gw_tap_stop_all(gw_tap *tap);
int32_t gw_tap_echo(gw_tap *tap, int32_t on);
int32_t gw_tap_tone(gw_tap *tap, double hz, double level_dbm0);
int32_t gw_tap_tone_off(gw_tap *tap);
int32_t gw_tap_send_digit(gw_tap *tap, int32_t digit); /* in-band; digits queue up (64) and come before a play */
int32_t gw_tap_detect(gw_tap *tap, int32_t on);
int32_t gw_tap_key_mask(gw_tap *tap,
                        uint32_t keys); /* in-band keys that count: bit i for the i-th of 0-9 * # A-D */
int32_t gw_tap_measure(gw_tap *tap, int32_t window_ms, int32_t repeat); /* both directions; 0 ms: off */

/* Voice activity of what is received: GW_EV_VOICE. Switched off, it forgets: no END comes. */
int32_t gw_tap_detect_voice(gw_tap *tap, int32_t on);
/* Call-progress tones of what is received, by plan (GW_PLAN_..., negative: off): GW_EV_PROGRESS. Forgets likewise.
 */
int32_t gw_tap_detect_progress(gw_tap *tap, int32_t plan);

/* Recording: from the next frame on the samples of these directions (GW_RECEIVED | GW_SENT; 0: off) are kept for
   gw_tap_recorded, 2 s of them at least. Nothing said before is among them. Switched off, what has been kept can
   still be taken; switched on again, it is forgotten. The media threads ring the bell when half the room is used.
   GW_FULL also when there is no memory. */
int32_t gw_tap_record(gw_tap *tap, int32_t directions);
/* Takes samples of one direction that follow each other, at most max; *tick: the place of the first one, in samples
   of the bridge's clock, which all taps share. Call until it gives 0. Where ticks are missing, nothing was sent or
   received, or it was lost. */
int32_t gw_tap_recorded(gw_tap *tap, int32_t direction, int16_t *out, int32_t max, int64_t *tick);
/* While it is on, a tone of 1000 Hz, -30 dBm0 is kept instead of what is said. No command: it is never refused, and
   no frame that begins after it is kept as it was said. */
int32_t gw_tap_record_mask(gw_tap *tap, int32_t on);

/* RFC 4733 of this stream (a pjmedia_stream *) goes to the tap; once for each new stream, in onStreamCreated. */
int32_t gw_tap_watch_stream(gw_tap *tap, void *stream);
/* In onStreamDestroyed, while the stream still lives, also when its tap is closed already. */
void gw_unwatch_stream(void *stream);

/* Takes up to max events in their order; call until it gives less than max. */
int32_t gw_tap_events(gw_tap *tap, gw_event *out, int32_t max);
void gw_tap_overflows(gw_tap *tap, gw_overflows *out);
int64_t gw_tap_received(gw_tap *tap); /* samples, silence before the first packet included */

/* Takes the port off the bridge, which happens later, on the media thread. */
int32_t gw_tap_close(gw_tap *tap);
/* 1 when no media thread will touch the tap again; its last events can then be taken. */
int32_t gw_tap_gone(gw_tap *tap);
/* 1: freed. 0: a media thread may still touch it, ask again later. */
int32_t gw_tap_free(gw_tap *tap);

/* One socket for all taps becomes readable when an event waits (register it with gw_wake_add). */
int gw_notify_fd(void);
/* Empties it. First this, then gw_tap_events of every tap: so no event is left behind unannounced. */
void gw_notify_clear(void);

/* The port's own functions called by hand, without a bridge: what a test needs, and what the bench measures. */
/* n: a multiple of frame_samples; samples NULL: frames of type NONE, as before the first packet. */
int32_t gw_tap_put(gw_tap *tap, const int16_t *samples, int32_t n);
/* n samples, a multiple of frame_samples. Returns how many of those frames were of type AUDIO; others are zeros. */
int32_t gw_tap_get(gw_tap *tap, int16_t *out, int32_t n);
/* The bridge's clock for the next frame that gw_tap_put brings; it counts on from there, and begins at 0. */
void gw_tap_hand_tick(gw_tap *tap, int64_t tick);
/* An RFC 4733 report as the library gives it. flags: GW_RFC4733_... */
enum { GW_RFC4733_UPDATE = 1, GW_RFC4733_END = 2 };
void gw_tap_hear_rfc4733(gw_tap *tap, int32_t digit, uint32_t rtp_ms, int32_t duration_ms, int32_t flags);
