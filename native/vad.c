/*
 * Voice activity: 36 features of a frame (bands over the noise floor, shape, periodicity, how the level moves) go
 * through a network with one hidden layer. Its answer and averages of its answers over 40 to 200 ms are weighed
 * together, which is what a hangover would do. Weights: vad_weights.h.
 */
#include "vad_internal.h"

#include <math.h>
#include <string.h>

#include "simd.h"
#include "vad_weights.h"

enum { MINIMA_FRAMES = 25 }; /* 6 parts of 0.5 s: speech pauses more often than every 3 s */

static const float FLOOR_SMOOTHING = 0.7F; /* a frame, log energies: 60 ms */
static const float SNR_SMOOTHING = 0.7F;
static const float PITCH_SMOOTHING = 0.6F;
static const float LEVEL_SMOOTHING = 0.95F; /* 0.4 s */
static const float HOLD_DECAY = 0.93F;      /* a frame: 0.28 s */
static const float MEAN_SMOOTHING = 0.9F;   /* 0.2 s */
static const float VOICE_SNR = 4.0F;        /* octaves of power, 12 dB, from which on a period counts in full */
static const float LOGIT_MAX = 6.0F;        /* odds of 400: no single frame is surer */
/* Of the averages, a frame; the last is the fall of the held peak. */
static const float TRACE_SMOOTHING[GW_VAD_TRACES] = {0.0F, 0.5F, 0.75F, 0.88F, 0.9F};
static const float SNR_MAX = 14.0F; /* octaves of power, 42 dB: more tells nothing more */

void gw_vad_init(gw_vad *vad, int32_t sample_rate) {
    memset(vad, 0, sizeof *vad);
    vad->sample_rate = sample_rate == 16000 ? 16000 : 8000;
}

static float blend(float keep, float was, float now) { return keep * was + (1.0F - keep) * now; }

/* Log energy of each band over its least smoothed value of the last 3 s. */
static void over_floor(gw_vad *vad, const float log_energy[GW_VAD_BANDS], float snr[GW_VAD_BANDS]) {
    int first = vad->frames == 0;
    for (int b = 0; b < GW_VAD_BANDS; b++)
        vad->smoothed[b] = first ? log_energy[b] : blend(FLOOR_SMOOTHING, vad->smoothed[b], log_energy[b]);
    if (first || vad->minima_frames == MINIMA_FRAMES) {
        memmove(vad->minima[1], vad->minima[0], sizeof vad->minima - sizeof vad->minima[0]);
        memcpy(vad->minima[0], vad->smoothed, sizeof vad->minima[0]);
        vad->minima_frames = 0;
        if (vad->minima_count < GW_VAD_MINIMA) vad->minima_count++;
    }
    vad->minima_frames++;
    for (int b = 0; b < GW_VAD_BANDS; b++) {
        vad->minima[0][b] = fminf(vad->minima[0][b], vad->smoothed[b]);
        float floor = vad->minima[0][b];
        for (int i = 1; i < vad->minima_count; i++) floor = fminf(floor, vad->minima[i][b]);
        snr[b] = fminf(log_energy[b] - floor, SNR_MAX);
    }
}

static void describe(gw_vad *vad) {
    float log_energy[GW_VAD_BANDS], snr[GW_VAD_BANDS], level = 0.0F, snr_mean = 0.0F, snr_best = 0.0F;
    float *to = vad->features;
    gw_vad_bands(vad, log_energy);
    over_floor(vad, log_energy, snr);
    for (int b = 0; b < GW_VAD_BANDS; b++) {
        level += log_energy[b] / (float)GW_VAD_BANDS;
        snr_mean += snr[b] / (float)GW_VAD_BANDS;
        snr_best = fmaxf(snr_best, snr[b]);
    }
    for (int b = 0; b < GW_VAD_BANDS; b++) {
        vad->slow_snr[b] = blend(SNR_SMOOTHING, vad->slow_snr[b], snr[b]);
        to[b] = snr[b];
        to[8 + b] = vad->slow_snr[b];
        to[16 + b] = log_energy[b] - level;
    }
    if (vad->frames == 0) vad->slow_level = vad->last_level = level;
    float pitch = gw_vad_pitch(vad), off = level - vad->slow_level;
    vad->slow_pitch = blend(PITCH_SMOOTHING, vad->slow_pitch, pitch);
    vad->slow_level = blend(LEVEL_SMOOTHING, vad->slow_level, level);
    vad->spread = blend(LEVEL_SMOOTHING, vad->spread, fabsf(off));
    vad->change = blend(PITCH_SMOOTHING, vad->change, fabsf(level - vad->last_level));
    vad->held_snr = fmaxf(snr_mean, HOLD_DECAY * vad->held_snr);
    vad->slow_snr_mean = blend(MEAN_SMOOTHING, vad->slow_snr_mean, snr_mean);
    vad->held_voice = fmaxf(pitch * fminf(snr_mean / VOICE_SNR, 1.0F), HOLD_DECAY * vad->held_voice);
    to[24] = level;
    to[25] = pitch;
    to[26] = vad->slow_pitch;
    to[27] = off;
    to[28] = vad->spread;
    to[29] = vad->change;
    to[30] = vad->held_snr;
    to[31] = level - vad->last_level;
    to[32] = vad->slow_snr_mean;
    to[33] = vad->held_voice;
    to[34] = snr_best;
    to[35] = vad->last_snr;
    vad->last_snr = snr_mean;
    vad->last_level = level;
}

static float think(const float *features) {
    gw_f32x4 h0 = gw_loadf4(HIDDEN_BIAS), h1 = gw_loadf4(HIDDEN_BIAS + 4), h2 = gw_loadf4(HIDDEN_BIAS + 8);
    gw_f32x4 h3 = gw_loadf4(HIDDEN_BIAS + 12), h4 = gw_loadf4(HIDDEN_BIAS + 16); /* named: they stay in registers */
    for (int f = 0; f < GW_VAD_FEATURES; f++) {
        const float *w = HIDDEN_WEIGHTS[f];
        h0 += features[f] * gw_loadf4(w);
        h1 += features[f] * gw_loadf4(w + 4);
        h2 += features[f] * gw_loadf4(w + 8);
        h3 += features[f] * gw_loadf4(w + 12);
        h4 += features[f] * gw_loadf4(w + 16);
    }
    const gw_f32x4 hidden[GW_VAD_HIDDEN / 4] = {h0, h1, h2, h3, h4};
    gw_f32x4 out = {0};
    for (int k = 0; k < GW_VAD_HIDDEN / 4; k++) {
        gw_i32x4 positive = hidden[k] > 0.0F;
        out += (gw_f32x4)((gw_i32x4)hidden[k] & positive) * gw_loadf4(OUTPUT_WEIGHTS + 4 * k);
    }
    return OUTPUT_BIAS + ((out[0] + out[1]) + (out[2] + out[3]));
}

static gw_vad_frame decide(gw_vad *vad) {
    describe(vad);
    float now = fmaxf(-LOGIT_MAX, fminf(think(vad->features), LOGIT_MAX));
    if (vad->frames == 0)
        for (int k = 0; k < GW_VAD_TRACES; k++) vad->traces[k] = -LOGIT_MAX; /* nothing heard yet: no speech */
    vad->logit = TRACE_BIAS;
    for (int k = 0; k < GW_VAD_TRACES; k++) {
        float was = vad->traces[k], smoothing = TRACE_SMOOTHING[k];
        int held = k == GW_VAD_TRACES - 1;
        vad->traces[k] = held ? fmaxf(now, -LOGIT_MAX + smoothing * (was + LOGIT_MAX)) : blend(smoothing, was, now);
        vad->logit += TRACE_WEIGHTS[k] * vad->traces[k];
    }
    vad->speech = vad->logit > (vad->speech ? STAY_LOGIT : BEGIN_LOGIT);
    vad->frames++;
    vad->fill = 0;
    return (gw_vad_frame){.probability = 1.0F / (1.0F + expf(-vad->logit)), .speech = vad->speech};
}

/* Moves samples into the frame until it is full or none are left; how many of them it took. */
static int32_t take(gw_vad *vad, const int16_t *samples, int32_t n) {
    int32_t room = GW_VAD_FRAME - vad->fill;
    if (vad->sample_rate == 8000) {
        int32_t part = n < room ? n : room;
        memcpy(vad->frame + vad->fill, samples, (size_t)part * sizeof *samples);
        vad->fill += part;
        return part;
    }
    int32_t wanted = 2 * room - vad->down.waiting;
    int32_t part = n < wanted ? n : wanted;
    vad->fill += gw_downsample(&vad->down, samples, part, vad->frame + vad->fill);
    return part;
}

int32_t gw_vad_feed(gw_vad *vad, const int16_t *samples, int32_t n, gw_vad_frame *out, int32_t out_max) {
    int32_t written = 0;
    while (n > 0) {
        int32_t taken = take(vad, samples, n);
        samples += taken;
        n -= taken;
        if (vad->fill < GW_VAD_FRAME) continue;
        gw_vad_frame frame = decide(vad);
        if (written < out_max) out[written++] = frame;
    }
    return written;
}

void gw_vad_feed_many(gw_vad *const *vads, const int16_t *samples, int32_t channels, int32_t stride, int32_t n,
                      gw_vad_frame *out, int32_t *counts, int32_t out_max_each) {
    for (int64_t c = 0; c < channels; c++)
        counts[c] = gw_vad_feed(vads[c], samples + c * stride, n, out + c * out_max_each, out_max_each);
}
