/*
 * Automatic gain for recordings: brings speech of -44 to -8 dBm0 to -20 dBm0, never clips, does not pump noise up.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> before it. Not for the live path: the output is two
 * frames (20 ms) late.
 */

enum { GW_AGC_FRAME_MAX = 160 };

typedef struct {
    int32_t frame;                     /* samples in 10 ms */
    int32_t fill;                      /* of the newest frame */
    int16_t line[3][GW_AGC_FRAME_MAX]; /* two frames on their way out, one coming in */
    float speech_power;                /* mean power of the speech so far, 1 at 0 dBm0 */
    float wanted_db;                   /* gain that the level asks for, after slewing */
    float gain_from, gain_to;          /* across the frame that goes out, as factors */
    float limit;                       /* what the frame after it can bear */
    int32_t heard;                     /* frames of speech that the mean stands on */
} gw_agc;

/* sample_rate: 8000 or 16000; anything else is taken as 8000. */
void gw_agc_init(gw_agc *agc, int32_t sample_rate);
/* n samples in, n samples out, 20 ms late; out may be in. */
void gw_agc_feed(gw_agc *agc, const int16_t *in, int16_t *out, int32_t n);
/* The gain that the level asks for now, dB. */
float gw_agc_gain_db(const gw_agc *agc);
