/*
 * Answering-machine hint for calls that the box makes: a person says something short and waits, a machine talks on
 * and then beeps. It is a hint: a person who greets at length is taken for a machine.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h>, resample.h and vad.h before it. Feed from the answer
 * on.
 */

enum {
    GW_AMD_HUMAN = 1,        /* a short greeting, then a pause */
    GW_AMD_MACHINE = 2,      /* a greeting that does not pause */
    GW_AMD_SILENT = 3,       /* nobody has said anything */
    GW_AMD_BEEP = 4,         /* a steady tone has ended; more than one can come */
    GW_AMD_GREETING_OVER = 5 /* after GW_AMD_MACHINE: it has fallen silent */
};

enum { GW_AMD_FRAME_MAX = 320, GW_AMD_PENDING = 4 };

typedef struct {
    int32_t kind;     /* GW_AMD_... */
    int32_t voice_ms; /* of the greeting so far, its short pauses included; of GW_AMD_BEEP: how long it was */
    int64_t at;       /* samples since init, at the given rate */
    float hz;         /* of GW_AMD_BEEP */
} gw_amd_event;

typedef struct {
    gw_vad vad;
    int32_t sample_rate, frame, fill;
    int16_t tail[2]; /* the two samples before the frame that is filling */
    int16_t samples[GW_AMD_FRAME_MAX];
    int64_t frames;
    int32_t decided, over;
    int64_t first_voice, last_voice; /* frames, -1: none yet */
    int32_t tone_frames, tone_gap;   /* frames of a steady tone so far */
    float tone_hz, tone_power;
    int32_t n_pending;
    gw_amd_event pending[GW_AMD_PENDING];
    int64_t lost;
} gw_amd;

/* sample_rate: 8000 or 16000; anything else is taken as 8000. */
void gw_amd_init(gw_amd *amd, int32_t sample_rate);
/* Feeds n samples; returns how many events were written to out. What finds no room is kept for the next call. */
int32_t gw_amd_feed(gw_amd *amd, const int16_t *samples, int32_t n, gw_amd_event *out, int32_t out_max);
/* The same for many: channel c has n samples at samples + c * stride, its events go to out + c * out_max_each,
   counts[c] of them. */
void gw_amd_feed_many(gw_amd *const *amds, const int16_t *samples, int32_t channels, int32_t stride, int32_t n,
                      gw_amd_event *out, int32_t *counts, int32_t out_max_each);
