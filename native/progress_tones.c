/*
 * Tones of a block: each band's complex sum under a Hann window of 10 ms every 5 ms, and what it explains of the
 * energy. The sums of a steady tone turn by the same angle from block to block; those of two tones obey a recursion
 * of order two (Prony). Least squares over a whole segment give the frequencies far more finely than a window of 10
 * ms could.
 */
#include "progress_internal.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "simd.h"

enum {
    BLOCK = GW_PROGRESS_BLOCK,
    WINDOW = GW_PROGRESS_WINDOW,
    RECENT = GW_PROGRESS_RECENT,
    LATE_BLOCKS =
        GW_PROGRESS_PAST - 3,      /* products are taken this late, so that the end of a tone is in none of them */
    CLEAN_BLOCKS = LATE_BLOCKS + 5 /* and this long after the class began, so that its beginning is not */
};

static const double TWO_PI = 6.283185307179586;
static const double TABLE_UNIT =
    1024.0; /* of the tables: 80 products of 2^10 and 2^15 stay below 2^31 under the window */
static const float BLOCK_HZ = 200.0F; /* blocks a second */

static const float LEVEL_DBM0 = -43.0F; /* ours: E.180 tones arrive at -5 to -25, long lines take some more */
static const float TONE_SHARE =
    0.38F; /* of the energy: two tones 70 Hz off the centre of a band leave 0.52 in it */
static const float STAY_SHARE = 0.28F;
static const float FALLEN = 0.1F; /* of the segment's energy, in 10 ms: over. Beats of 40 Hz fall to 0.24 */
static const float SILENCE_BELOW_DB =
    9.0F;                                 /* under the tone before it: noise 12 dB under a tone is a pause still */
static const float SILENCE_DBM0 = -46.0F; /* silence in any case: below the weakest tone */
static const float SINGLE_COHERENCE = 0.95F; /* two equal tones 40 Hz apart have 0.81 */
static const float PAIR_RESIDUE = 0.08F;     /* of the energy of the sums that two tones may leave unexplained */
static const float ROOT_MIN = 0.85F, ROOT_MAX = 1.12F; /* length of a root: 1 for a steady tone */
static const int32_t PRODUCTS_MIN = 8;                 /* blocks, 40 ms */
static const float FULL_SCALE_SINE_DBM0 = 3.14F;       /* ITU-T G.711 */
static const float SINE_MEAN_SQUARE = 536870912.0F;

void gw_progress_tables(gw_progress *progress) {
    const gw_plan *plan = &gw_plans[progress->plan];
    for (int k = 0; k < plan->n_bands; k++)
        for (int i = 0; i < WINDOW; i++) {
            double hann = 0.5 - 0.5 * cos(TWO_PI * (i + 0.5) / WINDOW);
            double angle = TWO_PI * (double)plan->centre_hz[k] * i / 8000.0;
            progress->table[k][0][i] = (int16_t)lrint(TABLE_UNIT * hann * cos(angle));
            progress->table[k][1][i] = (int16_t)lrint(-TABLE_UNIT * hann * sin(angle));
        }
}

GW_INLINE float correlate(const int16_t *x, const int16_t *table) {
    gw_i32x4 sum = {0};
    for (int i = 0; i < WINDOW; i += 8) sum += gw_madd8(gw_load8(x + i), gw_load8(table + i));
    return (float)((int64_t)sum[0] + sum[1] + sum[2] + sum[3]);
}

static float dbm0(float mean_square) {
    return 10.0F * log10f(fmaxf(mean_square, 1e-3F) / SINE_MEAN_SQUARE) + FULL_SCALE_SINE_DBM0;
}

static void add_products(gw_progress_products *p, float (*z)[2]) {
    p->g00 += z[0][0] * z[0][0] + z[0][1] * z[0][1];
    p->g11 += z[1][0] * z[1][0] + z[1][1] * z[1][1];
    p->g22 += z[2][0] * z[2][0] + z[2][1] * z[2][1];
    p->g12[0] += z[1][0] * z[2][0] + z[1][1] * z[2][1]; /* conj(z1) z2 */
    p->g12[1] += z[1][0] * z[2][1] - z[1][1] * z[2][0];
    p->h1[0] += z[1][0] * z[0][0] + z[1][1] * z[0][1]; /* conj(z1) z0 */
    p->h1[1] += z[1][0] * z[0][1] - z[1][1] * z[0][0];
    p->h2[0] += z[2][0] * z[0][0] + z[2][1] * z[0][1]; /* conj(z2) z0 */
    p->h2[1] += z[2][0] * z[0][1] - z[2][1] * z[0][0];
}

int32_t gw_progress_block(gw_progress *progress) {
    const gw_plan *plan = &gw_plans[progress->plan];
    int32_t at = (int32_t)(progress->blocks % RECENT), best = 0;
    gw_u64x2 squares = {0};
    for (int i = 0; i < BLOCK; i += 8) {
        gw_i16x8 x = gw_load8(progress->window + BLOCK + i);
        squares = gw_sum_u32(squares, gw_madd8(x, x));
    }
    float half = (float)(squares[0] + squares[1]), all = 0.0F, sums[GW_PROGRESS_BANDS] = {0};
    progress->energy[at] = progress->half_energy + half;
    progress->half_energy = half;
    for (int r = 0; r < RECENT; r++) all += progress->energy[r];
    for (int k = 0; k < plan->n_bands; k++) {
        float(*z)[2] = progress->past[k];
        memmove(z[1], z[0], (GW_PROGRESS_PAST - 1) * sizeof z[0]);
        z[0][0] = correlate(progress->window, progress->table[k][0]) / (float)TABLE_UNIT;
        z[0][1] = correlate(progress->window, progress->table[k][1]) / (float)TABLE_UNIT;
        /* the energy of a tone that would give z */
        progress->power[at][k] = (z[0][0] * z[0][0] + z[0][1] * z[0][1]) * (8.0F / WINDOW);
        for (int r = 0; r < RECENT; r++) sums[k] += progress->power[r][k];
        if (sums[k] > sums[best]) best = k;
    }
    memmove(progress->window, progress->window + BLOCK, BLOCK * sizeof progress->window[0]);
    int32_t class_ = plan->centre_hz[best] < (float)GW_LOW_HZ ? GW_CLASS_LOW : 1 + best;
    float share = sums[best] / fmaxf(all, 1.0F), level = dbm0(all / (float)(RECENT * WINDOW));
    int32_t goes_on = class_ == progress->class_now;
    float mean = progress->tone_energy / (float)(progress->tone_blocks ? progress->tone_blocks : 1);
    int32_t fallen = goes_on && progress->energy[at] < FALLEN * mean; /* at once, not after RECENT blocks */
    if (!fallen && level > LEVEL_DBM0 && share > (goes_on ? STAY_SHARE : TONE_SHARE)) {
        progress->clean = goes_on ? progress->clean + 1 : 0;
        if (progress->clean >= CLEAN_BLOCKS) {
            for (int k = 0; k < plan->n_bands; k++)
                add_products(&progress->products[k], progress->past[k] + LATE_BLOCKS);
            progress->tone_energy += progress->energy[at];
            progress->tone_blocks++;
        }
        return class_;
    }
    progress->clean = 0;
    level = dbm0(progress->energy[at] / (float)WINDOW);
    float tone_level = fmaxf(progress->tone_level_dbm0, gw_progress_level(progress));
    return level < fmaxf(SILENCE_DBM0, tone_level - SILENCE_BELOW_DB) ? GW_SEGMENT_SILENCE : GW_SEGMENT_SOUND;
}

void gw_progress_forget(gw_progress *progress) {
    memset(progress->products, 0, sizeof progress->products);
    progress->tone_energy = 0.0F;
    progress->tone_blocks = 0;
    progress->clean = 0;
}

float gw_progress_level(const gw_progress *progress) {
    return progress->tone_blocks ? dbm0(progress->tone_energy / (float)(progress->tone_blocks * WINDOW)) : -99.0F;
}

/* The frequency nearest to the centre that turns by this much in a block. */
static float frequency(float complex turn, float centre_hz) {
    float hz = cargf(turn) / (float)TWO_PI * BLOCK_HZ - fmodf(centre_hz, BLOCK_HZ);
    return centre_hz + hz - BLOCK_HZ * roundf(hz / BLOCK_HZ);
}

static int single(const gw_progress_products *p, float centre_hz, float hz[2]) {
    float complex h1 = p->h1[0] + p->h1[1] * I;
    hz[0] = frequency(h1, centre_hz);
    hz[1] = 0.0F;
    return cabsf(h1) >= SINGLE_COHERENCE * sqrtf(p->g00 * p->g11);
}

static int pair(const gw_progress_products *p, float centre_hz, float hz[2]) {
    float complex h1 = p->h1[0] + p->h1[1] * I, h2 = p->h2[0] + p->h2[1] * I, g12 = p->g12[0] + p->g12[1] * I;
    float det = p->g11 * p->g22 - crealf(g12 * conjf(g12));
    if (!(det > 1e-6F * p->g11 * p->g22)) return 0; /* one tone alone */
    float complex a1 = (h1 * p->g22 - g12 * h2) / det, a2 = (p->g11 * h2 - conjf(g12) * h1) / det;
    float residue = p->g00 - crealf(conjf(a1) * h1 + conjf(a2) * h2);
    if (!(residue < PAIR_RESIDUE * p->g00)) return 0;
    float complex root = csqrtf(a1 * a1 + 4.0F * a2), x = 0.5F * (a1 + root), y = 0.5F * (a1 - root);
    float shorter = fminf(cabsf(x), cabsf(y)), longer = fmaxf(cabsf(x), cabsf(y));
    if (!(shorter > ROOT_MIN && longer < ROOT_MAX)) return 0;
    float one = frequency(x, centre_hz), two = frequency(y, centre_hz);
    hz[0] = fminf(one, two);
    hz[1] = fmaxf(one, two);
    return 1;
}

int32_t gw_progress_identify(const gw_progress *progress, float hz[2]) {
    const gw_plan *plan = &gw_plans[progress->plan];
    int32_t low = progress->class_now == GW_CLASS_LOW;
    if (progress->class_now < 0 || progress->tone_blocks < PRODUCTS_MIN) return GW_SEGMENT_SOUND;
    for (int32_t t = 0; t < plan->n_tones; t++) {
        const gw_plan_tone *tone = &plan->tones[t];
        float centre = plan->centre_hz[tone->band];
        if (low != (centre < (float)GW_LOW_HZ) || (!low && tone->band != progress->class_now - 1)) continue;
        const gw_progress_products *p = &progress->products[tone->band];
        int is_pair = tone->low_hz[1] > 0.0F;
        if (!(is_pair ? pair(p, centre, hz) && !single(p, centre, (float[2]){0}) : single(p, centre, hz))) continue;
        if (hz[0] < tone->low_hz[0] || hz[0] > tone->high_hz[0]) continue;
        if (is_pair && (hz[1] < tone->low_hz[1] || hz[1] > tone->high_hz[1])) continue;
        return t;
    }
    return GW_SEGMENT_SOUND;
}
