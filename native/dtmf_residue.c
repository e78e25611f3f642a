/* What a fit leaves: how much, how steady the tones are from block to block, and whether the rest is one more tone.
   Folded as in dtmf_fit.c: the sample n after the centre is even + odd, the one n before it even - odd. */
#include <math.h>

#include "dtmf_internal.h"

static const float WORTH_A_LOOK = 0.05F; /* share of residue under which nobody asks what it sounds like */

static const float APART_HZ = 45.0F; /* a nominal tone nearer than this to one of the pair is that one */

static float sum_lanes(gw_v4 v) { return (v[0] + v[1]) + (v[2] + v[3]); }

/* Share of r that a sine of this frequency explains. */
static float explained(const gw_v4 r[GW_FIT_LEN / 4], float energy, float hz) {
    const float w = GW_TURN * hz / (float)GW_DTMF_RATE, step_c = cosf(4.0F * w), step_s = sinf(4.0F * w);
    gw_v4 c = {1.0F, cosf(w), cosf(2.0F * w), cosf(3.0F * w)}, s = {0.0F, sinf(w), sinf(2.0F * w), sinf(3.0F * w)};
    gw_v4 sum_c = {0}, sum_s = {0};
    for (int32_t n = 0; n < GW_FIT_LEN / 4; n++) {
        sum_c += r[n] * c;
        sum_s += r[n] * s;
        const gw_v4 next = c * step_c - s * step_s;
        s = s * step_c + c * step_s;
        c = next;
    }
    const float re = sum_lanes(sum_c), im = sum_lanes(sum_s);
    return (re * re + im * im) * (2.0F / (float)GW_FIT_LEN) / (energy + 1e-6F);
}

/* The most of the residue that any of the other six tones explains. */
static float most_of_one_key(const gw_v4 r[GW_FIT_LEN / 4], float energy, const float hz[2]) {
    float most = 0.0F;
    for (int32_t k = 0; k < 8; k++)
        if (fabsf(gw_dtmf_hz[k] - hz[0]) > APART_HZ && fabsf(gw_dtmf_hz[k] - hz[1]) > APART_HZ)
            most = fmaxf(most, explained(r, energy, gw_dtmf_hz[k]));
    return most;
}

/* One sine obeys r[n] + r[n-2] = c r[n-1], c = 2 cos w: the best c gives the frequency, and what it misses is
   turned into a spread of frequencies. */
static void sound_of(const float r[GW_FIT_LEN], gw_two_tones *fit) {
    float cross = 0.0F, middle = 1e-6F, outer = 0.0F;
    for (int32_t n = 2; n < GW_FIT_LEN; n++) {
        const float sum = r[n] + r[n - 2];
        cross += sum * r[n - 1];
        middle += r[n - 1] * r[n - 1];
        outer += sum * sum;
    }
    float half_c = 0.5F * cross / middle;
    const float missed = (outer - 2.0F * half_c * cross) / middle;
    half_c = half_c > 1.0F ? 1.0F : half_c < -1.0F ? -1.0F : half_c;
    const float sine = sqrtf(1.0F - half_c * half_c), to_hz = (float)GW_DTMF_RATE / GW_TURN;
    fit->residue_hz = acosf(half_c) * to_hz;
    fit->residue_width_hz = sqrtf(missed > 0.0F ? missed : 0.0F) / (2.0F * (sine > 0.03F ? sine : 0.03F)) * to_hz;
}

typedef struct {
    gw_v4 square[2], product[2]; /* of each tone with itself, and with the residue */
} block_sum;

static inline void add(block_sum *b, gw_v4 low, gw_v4 high, gw_v4 rest) {
    b->square[0] += low * low;
    b->square[1] += high * high;
    b->product[0] += low * rest;
    b->product[1] += high * rest;
}

/* Both tones and what is left of the signal, four samples on each side of the centre. */
typedef struct {
    const gw_two_halves *f;
    gw_v4 low_even, low_odd, high_even, high_odd; /* sizes of the tones */
    gw_v4 rest_even[GW_FIT_LANES], rest_odd[GW_FIT_LANES], energy, left;
} two_sides;

static inline void add_both(two_sides *s, int32_t n, block_sum *late, block_sum *early) {
    const gw_two_halves *f = s->f;
    const int32_t low = f->fixed, high = low + 1;
    const gw_v4 even = f->signal[GW_FIT_EVEN][n], odd = f->signal[GW_FIT_ODD][n];
    const gw_v4 low_even = s->low_even * f->basis[GW_FIT_EVEN][low][n];
    const gw_v4 low_odd = s->low_odd * f->basis[GW_FIT_ODD][low][n];
    const gw_v4 high_even = s->high_even * f->basis[GW_FIT_EVEN][high][n];
    const gw_v4 high_odd = s->high_odd * f->basis[GW_FIT_ODD][high][n];
    const gw_v4 rest_even = even - low_even - high_even, rest_odd = odd - low_odd - high_odd;
    s->rest_even[n] = rest_even;
    s->rest_odd[n] = rest_odd;
    s->energy += even * even + odd * odd;
    s->left += rest_even * rest_even + rest_odd * rest_odd;
    add(late, low_even + low_odd, high_even + high_odd, rest_even + rest_odd);
    add(early, low_even - low_odd, high_even - high_odd, rest_even - rest_odd);
}

static void fill(const block_sum *b, int32_t block, gw_two_tones *fit) {
    for (int32_t i = 0; i < 2; i++)
        fit->fill[i][block] = 1.0F + sum_lanes(b->product[i]) / (sum_lanes(b->square[i]) + 1e-6F);
}

static inline gw_v4 all(float x) { return (gw_v4){x, x, x, x}; }

void gw_dtmf_describe(const gw_two_halves *f, gw_two_tones *fit) {
    enum { VECTORS = GW_DTMF_BLOCK / 4, MIDDLE = GW_FIT_BLOCKS / 2 };
    const gw_v4 low = f->coef[f->fixed], high = f->coef[f->fixed + 1];
    two_sides s = {f, all(low[0]), all(low[1]), all(high[0]), all(high[1]), .energy = {0}, .left = {0}};
    block_sum middle = {0}; /* it is cut in half, the others lie on one side */
    int32_t n = 0;
    for (; n < VECTORS / 2; n++)
        add_both(&s, n, &middle, &middle);
    fill(&middle, MIDDLE, fit);
    for (int32_t away = 1; away <= MIDDLE; away++) {
        block_sum late = {0}, early = {0};
        for (int32_t k = 0; k < VECTORS; k++, n++)
            add_both(&s, n, &late, &early);
        fill(&late, MIDDLE + away, fit);
        fill(&early, MIDDLE - away, fit);
    }
    fit->residue = sum_lanes(s.left) / (sum_lanes(s.energy) + 1e-6F);
    fit->residue_key_share = 0.0F;
    fit->residue_hz = 0.0F;
    fit->residue_width_hz = (float)GW_DTMF_RATE;
    if (fit->residue < WORTH_A_LOOK) return;
    gw_v4 r[GW_FIT_LEN / 4];
    for (n = 0; n < GW_FIT_LANES; n++) {
        const gw_v4 early = s.rest_even[n] - s.rest_odd[n];
        r[GW_FIT_LANES + n] = s.rest_even[n] + s.rest_odd[n];
        r[GW_FIT_LANES - 1 - n] = (gw_v4){early[3], early[2], early[1], early[0]};
    }
    sound_of((const float *)r, fit);
    fit->residue_key_share = most_of_one_key(r, 2.0F * sum_lanes(s.left), fit->hz);
}
