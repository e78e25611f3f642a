/*
 * One direction of a leg, measured: level, peak, clipping, DC offset, noise floor, and for how long it has been
 * silent. One meter for each direction.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> and level.h before it.
 */

enum { GW_METER_MINIMA = 8, GW_METER_RECENT = 5 };

typedef struct {
    gw_level level; /* since the last read with restart */
    gw_level frame; /* the 20 ms frame that is filling */
    int32_t sample_rate;
    int32_t minima_frames;         /* frames in the newest part of the search for the floor */
    int32_t minima_count;          /* parts that are whole or begun */
    float recent[GW_METER_RECENT]; /* mean squares of the last frames, without DC; LSB^2 */
    float minima[GW_METER_MINIMA]; /* least mean of them in each of the last parts, newest first */
    int64_t frames;
    int64_t silent; /* samples since the last frame with sound */
    int64_t idle;   /* samples since the last frame that was more than a codec's idle code */
} gw_audio_meter;

typedef struct {
    int64_t samples; /* since the last restart */
    float rms_dbm0;  /* -99: digital silence, also below */
    float peak_dbm0;
    float dc;               /* LSB */
    int64_t clipped;        /* samples */
    float noise_floor_dbm0; /* of the last 3 s; -99 too before the first frame */
    int64_t silent_ms;      /* for how long nothing above -50 dBm0 has been heard */
    int64_t idle_ms;        /* for how long there has been nothing but idle code */
} gw_audio_report;

/* sample_rate: 8000 or 16000; anything else is taken as 8000. */
void gw_audio_meter_init(gw_audio_meter *meter, int32_t sample_rate);
void gw_audio_meter_feed(gw_audio_meter *meter, const int16_t *samples, int32_t n);
/* The same for many: channel c has n samples at samples + c * stride. */
void gw_audio_meter_feed_many(gw_audio_meter *const *meters, const int16_t *samples, int32_t channels,
                              int32_t stride, int32_t n);
/* restart: level, peak, DC and clipping begin anew; the floor and the silences go on. */
void gw_audio_meter_read(gw_audio_meter *meter, int32_t restart, gw_audio_report *report);
