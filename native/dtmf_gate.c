/* Which pair leads, and is it worth a fit? The gate looks at sums that are there anyway; the fit costs as much as a
   hundred blocks, so what the block sums can rule out never gets there. */
#include <math.h>
#include <string.h>

#include "dtmf_internal.h"

typedef float v4u __attribute__((vector_size(16), aligned(4), may_alias)); /* anywhere in the state */

/* The gate is loose: it only decides where a fit is worth its time. */
static const float GATE_SHARE = 0.30F;       /* of the energy in the pair: both tones 1.8 % off leave 0.5 */
static const float GATE_TWIST_MOST = 8.0F;   /* power, high over low: 9 dB */
static const float GATE_TWIST_LEAST = 0.04F; /* -14 dB: a column 1.8 % off loses 3 dB in 16 ms */
static const float GATE_ENERGY = 2.0e5F;     /* LSB^2 in 16 ms: a pair at -46 dBm0 a tone has 1.6e6 */
static const int32_t GATE_WINDOWS = 4;       /* consecutive ones that a fit's 28 ms hold */
static const float BLOCKS_PER_S = (float)GW_DTMF_RATE / (float)GW_DTMF_BLOCK;
static const float DIAL_SHARE = 0.15F;    /* dial-tone band over the rest: from here a fit without it is tried */
static const float HUM_SHARE = 0.01F;     /* block means over the rest: from here hum is fitted; 697 Hz has 0.004 */
static const float DIAL_MOST_HZ = 600.0F; /* of the residue: if it is above, no dial tone is to blame */
static const float FIT_SHARE = 0.5F;      /* of the energy in the pair by block sums: the judge wants 0.60 */
static const float FIT_EDGE = 0.25F;      /* power in the edge blocks: the judge wants 0.58 of the amplitude */
static const float EDGE_LEAST = 0.999F * 0.25F * 0.5F / (0.5F * (float)GW_FIT_LEN); /* what those two imply */
static const int64_t THIRD_TONE_BLOCKS = 7; /* for which a third tone is remembered: its end may hide it */
static const float GUESS_MOST = 0.04F;      /* share of nominal by which the first guess may be off */

static float larger(float a, float b) { return a > b ? a : b; }

/* Power of the last window's sums, tone by tone. */
static void window_power(const gw_dtmf *d, int64_t last, float power[8]) {
    const int32_t s0 = gw_slot(last), s1 = gw_slot(last - 1), s2 = gw_slot(last - 2), s3 = gw_slot(last - 3);
    for (int k = 0; k < 8; k += 4) {
        v4u re = (*(const v4u *)&d->sums_re[s0][k] + *(const v4u *)&d->sums_re[s1][k]) +
                 (*(const v4u *)&d->sums_re[s2][k] + *(const v4u *)&d->sums_re[s3][k]);
        v4u im = (*(const v4u *)&d->sums_im[s0][k] + *(const v4u *)&d->sums_im[s1][k]) +
                 (*(const v4u *)&d->sums_im[s2][k] + *(const v4u *)&d->sums_im[s3][k]);
        *(v4u *)&power[k] = re * re + im * im;
    }
}

/* The pair that leads the last window, or -1. */
static int32_t leading_pair(const gw_dtmf *d, int64_t last) {
    const float energy = (d->energy[gw_slot(last)] + d->energy[gw_slot(last - 1)]) +
                         (d->energy[gw_slot(last - 2)] + d->energy[gw_slot(last - 3)]);
    if (energy < GATE_ENERGY) return -1;
    float power[8];
    window_power(d, last, power);
    const float low = larger(larger(power[0], power[1]), larger(power[2], power[3]));
    const float high = larger(larger(power[4], power[5]), larger(power[6], power[7]));
    if ((low + high) * (2.0F / (float)GW_WINDOW_LEN) < GATE_SHARE * energy || high > GATE_TWIST_MOST * low ||
        high < GATE_TWIST_LEAST * low)
        return -1;
    int32_t row = 0, column = 0;
    while (row < 3 && power[row] < low)
        row++;
    while (column < 3 && power[4 + column] < high)
        column++;
    return row * 4 + column;
}

/* Frequency of tone k from the turn of its correlations, block to block. */
static float first_guess(const gw_dtmf *d, int64_t last, int32_t k) {
    float re = 0.0F, im = 0.0F;
    for (int64_t b = last - GW_FIT_BLOCKS + 2; b <= last; b++) {
        const int32_t now = gw_slot(b), then = gw_slot(b - 1);
        re += d->sums_re[now][k] * d->sums_re[then][k] + d->sums_im[now][k] * d->sums_im[then][k];
        im += d->sums_im[now][k] * d->sums_re[then][k] - d->sums_re[now][k] * d->sums_im[then][k];
    }
    const float hz = atan2f(im, re) / GW_TURN * BLOCKS_PER_S, most = GUESS_MOST * gw_dtmf_hz[k];
    return gw_dtmf_hz[k] + (hz > most ? most : hz < -most ? -most : hz);
}

/* Amplitude of tone k in a fit's window if its frequency is hz. */
static float guess_amplitude(const gw_dtmf *d, int64_t last, int32_t k, float hz) {
    const float turn = GW_TURN * (hz - gw_dtmf_hz[k]) / BLOCKS_PER_S;
    const float c = cosf(turn), s = sinf(turn);
    float re = 0.0F, im = 0.0F;
    for (int64_t b = last - GW_FIT_BLOCKS + 1; b <= last; b++) {
        float turned = re * c - im * s;
        im = re * s + im * c + d->sums_im[gw_slot(b)][k];
        re = turned + d->sums_re[gw_slot(b)][k];
    }
    return sqrtf(re * re + im * im) * (2.0F / (float)GW_FIT_LEN);
}

/* Power of tones row and column in one block, as the square of an amplitude. */
static float block_power(const gw_dtmf *d, int64_t block, int32_t row, int32_t column) {
    const float *re = d->sums_re[gw_slot(block)], *im = d->sums_im[gw_slot(block)];
    return (re[row] * re[row] + im[row] * im[row] + re[column] * re[column] + im[column] * im[column]) *
           (4.0F / (float)(GW_DTMF_BLOCK * GW_DTMF_BLOCK));
}

void gw_dtmf_examine(gw_dtmf *d, int64_t last, int32_t pair) {
    const int32_t row = pair / 4, column = 4 + pair % 4;
    const int64_t first = last - GW_FIT_BLOCKS + 1;
    float energy = 0.0F, dial = 0.0F, hum = 0.0F;
    for (int64_t b = first; b <= last; b++) {
        energy += d->energy[gw_slot(b)];
        dial += d->dial[gw_slot(b)];
        hum += d->hum[gw_slot(b)];
    }
    /* Block sums tell for a tenth of the price of a fit: is the window full, and mostly of these two? At an onset
       it is not, and its edges tell so before anything is guessed: they must hold FIT_EDGE of a power that is at
       least FIT_SHARE of the energy. */
    const float first_power = block_power(d, first, row, column), last_power = block_power(d, last, row, column);
    if (fminf(first_power, last_power) < EDGE_LEAST * energy) return;
    const float hz[2] = {first_guess(d, last, row), first_guess(d, last, column)};
    const float low = guess_amplitude(d, last, row, hz[0]), high = guess_amplitude(d, last, column, hz[1]);
    const float power = low * low + high * high;
    if (power * (0.5F * (float)GW_FIT_LEN) < FIT_SHARE * energy || first_power < FIT_EDGE * power ||
        last_power < FIT_EDGE * power)
        return;
    int16_t window[GW_FIT_LEN];
    for (int b = 0; b < GW_FIT_BLOCKS; b++)
        memcpy(window + b * GW_DTMF_BLOCK, d->past[gw_slot(first + b)], sizeof window / GW_FIT_BLOCKS);
    const gw_fit_beside plain = hum > HUM_SHARE * energy ? GW_FIT_HUM : GW_FIT_ALONE;
    for (int32_t without = 0; without <= (dial > DIAL_SHARE * energy); without++) {
        gw_two_tones fit;
        if (!gw_dtmf_fit(window, hz, without ? GW_FIT_DIAL : plain, &fit)) continue;
        if (gw_dtmf_third_tone(&fit)) {
            d->third = last;
            return;
        }
        const float doubt = gw_dtmf_doubt(&fit, pair, without);
        if (doubt < 1.0F) {
            if (d->probable == last - 1 || (gw_dtmf_sure(&fit) && last - d->third > THIRD_TONE_BLOCKS))
                gw_dtmf_begin(d, last, pair, &fit, doubt);
            d->probable = last;
            return;
        }
        if (fit.residue_hz > DIAL_MOST_HZ) /* what is left is no dial tone */
            return;
    }
}

int32_t gw_dtmf_gate(gw_dtmf *d, int64_t last) {
    const int32_t pair = leading_pair(d, last);
    d->led = pair >= 0 && pair == d->leader ? d->led + 1 : 1;
    d->leader = pair;
    return pair >= 0 && pair != d->pair && d->led >= GATE_WINDOWS && last >= GW_FIT_BLOCKS - 1 ? pair : -1;
}
