/* How periodic the last 40 ms are, in the band and at the lags of a voice. */
#include "vad_internal.h"

#include <math.h>

#include "simd.h"

enum {
    LAG_FIRST = 5, /* samples at 2 kHz: 400 Hz, above it only children speak */
    LAG_LAST = 32, /* 62.5 Hz */
    LAGS = LAG_LAST - LAG_FIRST + 1,
    WINDOW = GW_VAD_PITCH_LINE - LAG_LAST /* 24 ms */
};

/* LSB^2 over the window: what rounding to 16 bits leaves of silence is no period. */
static const float SILENCE = 48.0F;

float gw_vad_pitch(const gw_vad *vad) {
    const float *now = vad->line + LAG_LAST;
    gw_f32x4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0},
             s6 = {0}; /* named: they stay in registers */
    float energy = 0.0F, delayed = 0.0F;
    for (int i = 0; i < WINDOW; i++) { /* lane j of sum k: lag LAG_LAST - 4 * k - j */
        const float *past = vad->line + i;
        s0 += now[i] * gw_loadf4(past);
        s1 += now[i] * gw_loadf4(past + 4);
        s2 += now[i] * gw_loadf4(past + 8);
        s3 += now[i] * gw_loadf4(past + 12);
        s4 += now[i] * gw_loadf4(past + 16);
        s5 += now[i] * gw_loadf4(past + 20);
        s6 += now[i] * gw_loadf4(past + 24);
        energy += now[i] * now[i];
        delayed += past[0] * past[0];
    }
    const gw_f32x4 sums[LAGS / 4] = {s0, s1, s2, s3, s4, s5, s6};
    float best = -1.0F; /* of sum * |sum| / (energies), so that one root is enough */
    for (int lag = LAG_LAST; lag >= LAG_FIRST; lag--) {
        int at = LAG_LAST - lag;
        float sum = sums[at / 4][at % 4];
        float score = sum * fabsf(sum) / ((energy + SILENCE) * (delayed + SILENCE));
        best = score > best ? score : best;
        delayed += vad->line[at + WINDOW] * vad->line[at + WINDOW] - vad->line[at] * vad->line[at];
        delayed = delayed > 0.0F ? delayed : 0.0F;
    }
    return best < 0.0F ? -sqrtf(-best) : sqrtf(best);
}
