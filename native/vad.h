/*
 * Voice activity, one decision for each 20 ms, no look-ahead. 8 or 16 kHz; above 4 kHz nothing is looked at.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> and resample.h before it.
 */

enum {
    GW_VAD_FRAME = 160,     /* samples at 8 kHz */
    GW_VAD_BANDS = 8,       /* 0, 250, 500, 750, 1000, 1500, 2000, 3000 to 4000 Hz */
    GW_VAD_SPLITS = 7,      /* half-band filters that make them */
    GW_VAD_MINIMA = 6,      /* parts of the search for the noise floor */
    GW_VAD_PITCH_LINE = 80, /* 40 ms at 2 kHz */
    GW_VAD_FEATURES = 36,
    GW_VAD_TRACES = 5
};

typedef struct {
    float probability; /* of speech, 0 to 1 */
    int32_t speech;    /* 1: speech, after smoothing and hysteresis */
} gw_vad_frame;

typedef struct {
    int32_t sample_rate;
    int32_t fill;
    int16_t frame[GW_VAD_FRAME + 8];
    gw_downsampler down;                       /* 16 kHz only */
    float past[GW_VAD_SPLITS][12];             /* of the filters */
    float line[GW_VAD_PITCH_LINE + 4];         /* 0 to 1 kHz at 2 kHz, differences; newest last */
    float last_low;                            /* the sample before them */
    float minima[GW_VAD_MINIMA][GW_VAD_BANDS]; /* least smoothed log energy of each part, newest first */
    int32_t minima_frames, minima_count;
    float smoothed[GW_VAD_BANDS]; /* log energies, for the floor */
    float slow_snr[GW_VAD_BANDS];
    float slow_pitch, slow_level, spread, change, last_level, last_snr, slow_snr_mean, held_snr, held_voice;
    float features[GW_VAD_FEATURES]; /* of the last frame */
    float traces[GW_VAD_TRACES];     /* the network's answer, its averages, and its held peak */
    float logit;                     /* what they say together */
    int32_t speech;
    int64_t frames;
} gw_vad;

/* sample_rate: 8000 or 16000; anything else is taken as 8000. */
void gw_vad_init(gw_vad *vad, int32_t sample_rate);
/* Feeds n samples; returns how many frames were decided and written to out: at most n / (frame samples) + 1. Frames
   for which out has no room are decided all the same, but not written. */
int32_t gw_vad_feed(gw_vad *vad, const int16_t *samples, int32_t n, gw_vad_frame *out, int32_t out_max);
/* The same for many: channel c has n samples at samples + c * stride, its frames go to out + c * out_max_each,
   counts[c] of them. */
void gw_vad_feed_many(gw_vad *const *vads, const int16_t *samples, int32_t channels, int32_t stride, int32_t n,
                      gw_vad_frame *out, int32_t *counts, int32_t out_max_each);
