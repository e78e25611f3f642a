/*
 * Eight band energies of a frame by a tree of half-band filters. One branch of each is a delay, the other a delay
 * of half a sample; their sum is the lower half of the band, their difference the upper half, upside down.
 */
#include "vad_internal.h"

#include <string.h>

#include "simd.h"

enum { TAPS = 8, PAST_ODD = TAPS - 1, PAST_EVEN = 3, PAIRS_MAX = GW_VAD_FRAME / 2 };

/* Half a sample of delay, equiripple (Parks-McClellan) on 0 to 0.36 of the rate, sum 1: the other half is 42 dB
   down. Taps 0 to 3; 4 to 7 are their mirror. Halved, as both outputs are. */
static const float HALF_SAMPLE[TAPS / 2] = {-0.0140791F, 0.0359381F, -0.0881433F, 0.3162843F};

/* 2 * pairs samples to `pairs` of each half; arrays have room for whole groups of four pairs. */
GW_INLINE void split(float past[12], const float *in, int pairs, float *low, float *high) {
    float even[PAST_EVEN + PAIRS_MAX], odd[PAST_ODD + PAIRS_MAX];
    memcpy(even, past, PAST_EVEN * sizeof even[0]);
    memcpy(odd, past + 4, PAST_ODD * sizeof odd[0]);
    for (int i = 0; i < pairs; i += 4) {
        gw_f32x4 a = gw_loadf4(in + 2 * i), b = gw_loadf4(in + 2 * i + 4);
        gw_storef4(even + PAST_EVEN + i, gw_evens4(a, b));
        gw_storef4(odd + PAST_ODD + i, gw_odds4(a, b));
    }
    for (int i = 0; i < pairs; i += 4) {
        gw_f32x4 half = HALF_SAMPLE[0] * (gw_loadf4(odd + i) + gw_loadf4(odd + i + 7));
        half += HALF_SAMPLE[1] * (gw_loadf4(odd + i + 1) + gw_loadf4(odd + i + 6));
        half += HALF_SAMPLE[2] * (gw_loadf4(odd + i + 2) + gw_loadf4(odd + i + 5));
        half += HALF_SAMPLE[3] * (gw_loadf4(odd + i + 3) + gw_loadf4(odd + i + 4));
        gw_f32x4 on = gw_loadf4(even + i) * 0.5F;
        gw_storef4(low + i, on + half);
        gw_storef4(high + i, on - half);
    }
    memcpy(past, even + pairs, PAST_EVEN * sizeof even[0]);
    memcpy(past + 4, odd + pairs, PAST_ODD * sizeof odd[0]);
}

GW_INLINE float mean_square(const float *x, int n) {
    gw_f32x4 sum = {0};
    int i = 0;
    for (; i + 4 <= n; i += 4) {
        gw_f32x4 v = gw_loadf4(x + i);
        sum += v * v;
    }
    float all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    for (; i < n; i++) all += x[i] * x[i];
    return all / (float)n;
}

/* Without its mean: the lowest band would otherwise hear the DC that A-law makes of silence. */
static float variance(const float *x, int n) {
    float sum = 0.0F;
    for (int i = 0; i < n; i++) sum += x[i];
    float mean = sum / (float)n, all = 0.0F;
    for (int i = 0; i < n; i++) all += (x[i] - mean) * (x[i] - mean);
    return all / (float)n;
}

/* log2 to 1e-4: exponent plus a polynomial through the mantissa (least squares at Chebyshev nodes). */
static gw_f32x4 log2_4(gw_f32x4 x) {
    gw_i32x4 bits = (gw_i32x4)x;
    gw_f32x4 exponent = __builtin_convertvector((bits >> 23) - 127, gw_f32x4);
    gw_f32x4 m = (gw_f32x4)((bits & 0x7FFFFF) | 0x3F800000);
    gw_f32x4 p = 0.04392863F * m - 0.40947559F;
    p = p * m + 1.61017755F;
    p = p * m - 3.52021884F;
    p = p * m + 5.06975632F;
    return exponent + (p * m - 2.79415368F);
}

/* The pitch line keeps differences, so that mains hum under it counts little. */
static void move_pitch_line(gw_vad *vad, const float *low, int n) {
    memmove(vad->line, vad->line + n, (size_t)(GW_VAD_PITCH_LINE - n) * sizeof vad->line[0]);
    float *to = vad->line + GW_VAD_PITCH_LINE - n;
    float before = vad->last_low;
    for (int i = 0; i < n; i++) {
        to[i] = low[i] - before;
        before = low[i];
    }
    vad->last_low = before;
}

void gw_vad_bands(gw_vad *vad, float log_energy[GW_VAD_BANDS]) {
    float x[160], a[80], b[80], c[40], d[40], e[24], f[24], g[12], h[12]; /* e, f: read in whole groups of eight */
    gw_f32x4 energy[2];
    memset(e + 20, 0, 4 * sizeof e[0]);
    memset(f + 20, 0, 4 * sizeof f[0]);
    for (int i = 0; i < GW_VAD_FRAME; i += 8) {
        gw_i16x8 v = gw_load8(vad->frame + i);
        gw_storef4(x + i, __builtin_convertvector(gw_low4(v), gw_f32x4));
        gw_storef4(x + i + 4, __builtin_convertvector(gw_high4(v), gw_f32x4));
    }
    split(vad->past[0], x, 80, a, b); /* 0-2, 4-2 kHz */
    split(vad->past[1], b, 40, c, d); /* 4-3, 3-2 */
    energy[1][3] = mean_square(c, 40);
    energy[1][2] = mean_square(d, 40);
    split(vad->past[2], a, 40, c, d); /* 0-1, 2-1 */
    move_pitch_line(vad, c, 40);
    split(vad->past[3], d, 20, e, f); /* 2-1.5, 1.5-1 */
    energy[1][1] = mean_square(e, 20);
    energy[1][0] = mean_square(f, 20);
    split(vad->past[4], c, 20, e, f); /* 0-0.5, 1-0.5 */
    split(vad->past[5], f, 10, g, h); /* 1-0.75, 0.75-0.5 */
    energy[0][3] = mean_square(g, 10);
    energy[0][2] = mean_square(h, 10);
    split(vad->past[6], e, 10, g, h); /* 0-0.25, 0.5-0.25 */
    energy[0][1] = mean_square(h, 10);
    energy[0][0] = variance(g, 10);
    gw_f32x4 low = log2_4(energy[0] + 1.0F), high = log2_4(energy[1] + 1.0F);
    gw_storef4(log_energy, low);
    gw_storef4(log_energy + 4, high);
}
