/*
 * Gain follows the level of speech slowly; a limiter that looks one frame ahead follows peaks at once. Everything
 * is decided at borders of 10 ms frames, so the chunks in which samples come change nothing.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "agc.h"
#include "level.h"

static const float TARGET_DBM0 = -20.0F;  /* -26 dBov, the nominal speech level of ITU-T P.830 */
static const float GAIN_MAX_DB = 24.0F;   /* ours: lifts -44 dBm0, the weakest speech that is worth hearing */
static const float GAIN_MIN_DB = -12.0F;  /* ours: lowers -8 dBm0, beyond which speech is clipped anyway */
static const float GATE_DBM0 = -48.0F;    /* ours: below it there is no speech to follow, GAIN_MAX included */
static const float MARGIN_DB = 15.9F;     /* a frame this far under the speech level is a pause (ITU-T P.56) */
static const int32_t MEMORY_FRAMES = 200; /* ours: the level is the mean power of the last 2 s of speech or so */
static const float SLEW_UP_DB = 0.06F;    /* a frame: 6 dB/s, slow enough not to be heard */
static const float SLEW_DOWN_DB = 0.40F;  /* a frame: 40 dB/s */
static const float PEAK_MAX = 29204.0F;   /* LSB, 1 dB under full scale, which codecs after us clip at */
static const float RELEASE = 1.02F;       /* a frame: the limiter lets go by 17 dB/s */

void gw_agc_init(gw_agc *agc, int32_t sample_rate) {
    *agc = (gw_agc){.frame = sample_rate == 16000 ? 160 : 80, .gain_from = 1.0F, .gain_to = 1.0F, .limit = 1.0F};
}

static float factor(float db) { return powf(10.0F, db / 20.0F); }

static float within(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

/* The limiter keeps y inside; held there all the same, as a cast beyond it is undefined. */
static int16_t rounded(float y) { return (int16_t)((int32_t)(within(y, -32767.0F, 32767.0F) + 32768.5F) - 32768); }

/* A frame has become full: what gain the frames on their way shall get. */
static void decide(gw_agc *agc) {
    gw_level level;
    gw_level_reset(&level);
    gw_level_add(&level, agc->line[2], agc->frame);
    float now = gw_level_ac_dbm0(&level);
    float speech = agc->speech_power > 0.0F ? 10.0F * log10f(agc->speech_power) : GATE_DBM0;
    if (now > fmaxf(GATE_DBM0, speech - MARGIN_DB)) {
        if (agc->heard < MEMORY_FRAMES) agc->heard++;
        agc->speech_power += (powf(10.0F, now / 10.0F) - agc->speech_power) / (float)agc->heard;
        float asked = TARGET_DBM0 - 10.0F * log10f(agc->speech_power);
        agc->wanted_db +=
            within(within(asked, GAIN_MIN_DB, GAIN_MAX_DB) - agc->wanted_db, -SLEW_DOWN_DB, SLEW_UP_DB);
    }
    float bearable = level.peak > 0 ? PEAK_MAX / (float)level.peak : factor(GAIN_MAX_DB);
    float wanted = fminf(factor(agc->wanted_db), agc->gain_to * RELEASE);
    agc->gain_from = agc->gain_to;
    agc->gain_to = fminf(wanted, fminf(agc->limit, bearable)); /* at its end the next frame begins */
    agc->limit = bearable;
}

static void advance(gw_agc *agc) {
    memcpy(agc->line[0], agc->line[1], sizeof agc->line[0]);
    memcpy(agc->line[1], agc->line[2], sizeof agc->line[1]);
    decide(agc);
    agc->fill = 0;
}

void gw_agc_feed(gw_agc *agc, const int16_t *in, int16_t *out, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        float along = (float)agc->fill / (float)agc->frame;
        float gain = agc->gain_from + along * (agc->gain_to - agc->gain_from);
        int16_t x = agc->line[0][agc->fill];
        agc->line[2][agc->fill] = in[i];
        out[i] = rounded((float)x * gain);
        if (++agc->fill == agc->frame) advance(agc);
    }
}

float gw_agc_gain_db(const gw_agc *agc) { return agc->wanted_db; }
