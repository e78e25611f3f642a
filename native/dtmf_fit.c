/* Least squares of two tones in a window of 28 ms: amplitudes, phases and frequencies together (Gauss-Newton), when
   asked with hum and a dial tone fitted beside them, so that those do not count as residue.
   The window is folded at its centre: cosines and t*sin live on the even half, sines and t*cos on the odd one,
   which splits one large system into two small ones; both are solved at once, one in each lane of a vector. What
   the tones share with each other has a closed form, so the samples are gone through only to project the signal. */
#include <math.h>

#include "dtmf_internal.h"

enum { EVEN = GW_FIT_EVEN, ODD = GW_FIT_ODD, DIAL = GW_FIT_MOST - 2 - 4 };

static const float RATE = (float)GW_DTMF_RATE;
static const float T_UNIT = (float)GW_FIT_HALF; /* t runs from 0 to 1 over half a window */
static const int32_t ROUNDS = 3;
static const float SETTLED_HZ = 1.0F; /* a step smaller than this needs no further look */
static const float RUNAWAY = 0.05F;   /* share of its frequency: a tone that moved so far is none of ours */
static const float HUM_HZ = 50.0F;
static const float DIAL_HZ = 330.0F; /* seven sines from here span the dial tones up to 480 Hz */
static const float DIAL_STEP_HZ = 25.0F;
static const float RIDGE = 1e-3F;    /* share of the diagonal, as those seven are nearly alike */
static const float SINGULAR = 1e-3F; /* of a diagonal that starts near GW_FIT_HALF / 2 */

static float dot(const gw_v4 a[GW_FIT_LANES], const gw_v4 b[GW_FIT_LANES]) {
    gw_v4 p = a[0] * b[0], q = a[1] * b[1];
    for (int32_t n = 2; n < GW_FIT_LANES; n += 2) {
        p += a[n] * b[n];
        q += a[n + 1] * b[n + 1];
    }
    return gw_sum_lanes(p + q);
}

/* Gram of unknowns from..to-1 against the nuisances up to themselves. */
static void against_nuisances(gw_two_halves *f, int32_t from, int32_t to) {
    for (int32_t i = from; i < to; i++)
        for (int32_t j = 0; j < f->fixed && j <= i; j++)
            f->gram[i][j] = gw_both(dot(f->basis[EVEN][i], f->basis[EVEN][j]), dot(f->basis[ODD][i], f->basis[ODD][j]));
}

/* Factors of gram and half the solution. Returns 0 if singular. */
static int32_t factorize(gw_two_halves *f, int32_t size) {
    gw_v4 scaled[GW_FIT_MOST], inverse[GW_FIT_MOST];
    for (int32_t i = 0; i < size; i++) {
        gw_v4 diagonal = f->gram[i][i], y = f->rhs[i];
        if (i < f->fixed) diagonal *= 1.0F + RIDGE;
        for (int32_t j = 0; j < i; j++) {
            gw_v4 sum = f->gram[i][j];
            for (int32_t k = 0; k < j; k++)
                sum -= scaled[k] * f->factor[j][k];
            scaled[j] = sum;
            f->factor[i][j] = sum * inverse[j];
            diagonal -= sum * f->factor[i][j];
            y -= sum * f->forward[j];
        }
        if (!(diagonal[EVEN] > SINGULAR) || !(diagonal[ODD] > SINGULAR)) return 0;
        inverse[i] = 1.0F / diagonal;
        f->forward[i] = y * inverse[i];
    }
    return 1;
}

/* The other half: coefficients of the first `size` unknowns if there were no more. */
static void coefficients(gw_two_halves *f, int32_t size) {
    for (int32_t i = size - 1; i >= 0; i--) {
        gw_v4 x = f->forward[i];
        for (int32_t k = i + 1; k < size; k++)
            x -= f->factor[k][i] * f->coef[k];
        f->coef[i] = x;
    }
}

/* Makes unknown i cos and sin of w (n + 1/2), n = 0..GW_FIT_HALF-1, and i + 2 t times the other one, with their rhs.
   Of nuisances, made in order, the next one but one overwrites the latter. */
static gw_fit_ends wave(gw_two_halves *f, int32_t i, float hz) {
    const float half = 0.5F * GW_TURN * hz / RATE;
    const gw_phasor p0 = {cosf(half), sinf(half)}, one = gw_twice(p0);
    const gw_phasor four = gw_twice(gw_twice(one)), eight = gw_twice(four);
    const gw_phasor p1 = gw_times(p0, one), p2 = gw_times(p1, one), p3 = gw_times(p2, one);
    gw_four_samples a = {{p0.c, p1.c, p2.c, p3.c}, {p0.s, p1.s, p2.s, p3.s}, gw_fit_t(0)};
    gw_four_samples b = {a.c * four.c - a.s * four.s, a.s * four.c + a.c * four.s, gw_fit_t(1)};
    gw_v4 sum[4] = {0};
    for (int32_t n = 0; n < GW_FIT_LANES; n += 2) { /* two chains: neither waits for the other */
        gw_take(f, i, n, &a, eight, sum);
        gw_take(f, i, n + 1, &b, eight, sum);
    }
    f->rhs[i] = gw_both(gw_sum_lanes(sum[0]), gw_sum_lanes(sum[1]));
    f->rhs[i + 2] = gw_both(gw_sum_lanes(sum[2]), gw_sum_lanes(sum[3]));
    return (gw_fit_ends){{p0, gw_times((gw_phasor){a.c[0], a.s[0]}, (gw_phasor){p0.c, -p0.s})}};
}

/* Gram of the two tones and of t times them. Over n, with v = n + 1/2 and N = GW_FIT_HALF, the sum of cos xv is
   sin(Nx) / 2 sin(x/2); its derivatives by x give those of v sin xv and v^2 cos xv, and the products of the basis
   are made of these at x = 2 low, low + high, 2 high, high - low: the four lanes. */
static void tone_gram(gw_two_halves *f, const gw_fit_ends *low, const gw_fit_ends *high) {
    gw_v4 c[2], s[2];
    for (int32_t i = 0; i < 2; i++) {
        const gw_phasor p = low->at[i], q = high->at[i];
        const gw_v4 ac = {p.c, p.c, q.c, q.c}, as = {p.s, p.s, q.s, q.s};
        const gw_v4 bc = {p.c, q.c, q.c, p.c}, bs = {p.s, q.s, q.s, -p.s};
        c[i] = ac * bc - as * bs;
        s[i] = as * bc + ac * bs;
    }
    const gw_v4 half = 0.25F / s[0], u = c[0] / s[0] * (0.5F / T_UNIT); /* halves, as each is used in products */
    const gw_v4 s0 = half * s[1], s1 = half * (u * s[1] - c[1]);
    const gw_v4 s2 = half * (s[1] * (1.0F - 0.25F / (T_UNIT * T_UNIT) - 2.0F * u * u) + 2.0F * u * c[1]);
    const float self0 = 0.5F * T_UNIT, self2 = T_UNIT / 6.0F - 1.0F / (24.0F * T_UNIT); /* at x = 0; s1 is 0 */
    gw_v4(*g)[GW_FIT_MOST] = f->gram + f->fixed;
    const int32_t a = f->fixed, b = a + 1, ta = a + 2, tb = a + 3;
    g[0][a] = gw_both(self0 + s0[0], self0 - s0[0]);
    g[1][a] = gw_both(s0[3] + s0[1], s0[3] - s0[1]);
    g[1][b] = gw_both(self0 + s0[2], self0 - s0[2]);
    g[2][a] = gw_both(s1[0], s1[0]);
    g[2][b] = gw_both(s1[1] - s1[3], s1[1] + s1[3]);
    g[2][ta] = gw_both(self2 - s2[0], self2 + s2[0]);
    g[3][a] = gw_both(s1[1] + s1[3], s1[1] - s1[3]);
    g[3][b] = gw_both(s1[2], s1[2]);
    g[3][ta] = gw_both(s2[3] - s2[1], s2[3] + s2[1]);
    g[3][tb] = gw_both(self2 - s2[2], self2 + s2[2]);
}

static void fold(const int16_t x[GW_FIT_LEN], gw_two_halves *f) {
    float wide[GW_FIT_LEN] __attribute__((aligned(16)));
    for (int32_t n = 0; n < GW_FIT_LEN; n++) /* alone in its loop, so that compilers find it */
        wide[n] = x[n];
    const gw_v4 *early = (const gw_v4 *)(const void *)wide, *late = early + GW_FIT_LANES;
    for (int32_t n = 0; n < GW_FIT_LANES; n++) {
        const gw_v4 e = early[GW_FIT_LANES - 1 - n], mirrored = {e[3], e[2], e[1], e[0]};
        f->signal[EVEN][n] = 0.5F * (late[n] + mirrored);
        f->signal[ODD][n] = 0.5F * (late[n] - mirrored);
    }
}

/* What is fitted beside the tones: nothing, hum (a straight line and 50 Hz), or hum and the band of dial tones. */
static void nuisances(gw_two_halves *f, gw_fit_beside beside) {
    f->fixed = 0;
    if (beside == GW_FIT_ALONE) return;
    for (int32_t n = 0; n < GW_FIT_LANES; n++) {
        f->basis[EVEN][0][n] = (gw_v4){1.0F, 1.0F, 1.0F, 1.0F};
        f->basis[ODD][0][n] = gw_fit_t(n);
    }
    f->rhs[0] = gw_both(dot(f->signal[EVEN], f->basis[EVEN][0]), dot(f->signal[ODD], f->basis[ODD][0]));
    wave(f, 1, HUM_HZ);
    f->fixed = 2;
    for (int32_t i = 0; beside == GW_FIT_DIAL && i < DIAL; i++, f->fixed++)
        wave(f, f->fixed, DIAL_HZ + DIAL_STEP_HZ * (float)i);
    against_nuisances(f, 0, f->fixed);
}

/* Takes the nuisances off the signal: what gw_dtmf_describe wants to see. */
static void separate(gw_two_halves *f) {
    for (int32_t h = EVEN; h <= ODD; h++)
        for (int32_t i = 0; i < f->fixed; i++)
            for (int32_t n = 0; n < GW_FIT_LANES; n++)
                f->signal[h][n] -= f->coef[i][h] * f->basis[h][i][n];
}

int32_t gw_dtmf_fit(const int16_t x[GW_FIT_LEN], const float start_hz[2], gw_fit_beside beside, gw_two_tones *fit) {
    gw_two_halves f;
    fold(x, &f);
    nuisances(&f, beside);
    const int32_t fixed = f.fixed, size = fixed + 4;
    float hz[2] = {start_hz[0], start_hz[1]};
    for (int32_t round = 1;; round++) {
        const gw_fit_ends low = wave(&f, fixed, hz[0]), high = wave(&f, fixed + 1, hz[1]);
        tone_gram(&f, &low, &high);
        against_nuisances(&f, fixed, size);
        if (!factorize(&f, size)) return 0;
        coefficients(&f, size);
        float largest = 0.0F;
        for (int32_t i = 0; i < 2; i++) {
            /* a cos wt + b sin wt, whose derivative by w is b t cos wt - a t sin wt */
            const float a = f.coef[fixed + i][EVEN], b = f.coef[fixed + i][ODD];
            const float u = f.coef[fixed + 2 + i][EVEN], v = f.coef[fixed + 2 + i][ODD];
            const float step = (b * v - a * u) / (a * a + b * b + 1e-6F) / T_UNIT * RATE / GW_TURN;
            fit->hz[i] = hz[i] + step;
            if (!(fabsf(fit->hz[i] - start_hz[i]) < RUNAWAY * start_hz[i])) return 0;
            largest = fmaxf(largest, fabsf(step));
        }
        if (largest < SETTLED_HZ || round == ROUNDS) break;
        hz[0] = fit->hz[0];
        hz[1] = fit->hz[1];
    }
    coefficients(&f, fixed + 2); /* frequencies are settled: now with constant amplitudes */
    for (int32_t i = 0; i < 2; i++) {
        const gw_v4 coef = f.coef[fixed + i];
        fit->amplitude[i] = sqrtf(coef[EVEN] * coef[EVEN] + coef[ODD] * coef[ODD]);
    }
    separate(&f);
    gw_dtmf_describe(&f, fit);
    return 1;
}
