/* Least squares of two tones in a window of 28 ms: amplitudes, phases and frequencies together (Gauss-Newton), when
   asked with hum and a dial tone fitted beside them, so that those do not count as residue.
   The window is folded at its centre: cosines and t*sin live on the even half, sines and t*cos on the odd one,
   which splits one large system into two small ones. */
#include <math.h>

#include "dtmf_internal.h"

enum { DIAL = 7, MOST = 2 + DIAL + 4 }; /* hum, dial tone, low, high, t * other half's low, high */

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

typedef struct {
    gw_v4 basis[MOST][GW_FIT_LANES];
    gw_v4 signal[GW_FIT_LANES];
    float gram[MOST][MOST]; /* lower triangle */
    float rhs[MOST];
    float coef[MOST];
} half_fit;

static gw_v4 splat(float x) { return (gw_v4){x, x, x, x}; }

static float sum_lanes(gw_v4 v) { return (v[0] + v[1]) + (v[2] + v[3]); }

/* out[i] = a . b[i], two at a time so that additions need not wait for each other. */
static void dots(const gw_v4 *a, const gw_v4 (*b)[GW_FIT_LANES], int32_t count, float *out) {
    for (int32_t i = 0; i < count; i += 2) {
        const gw_v4 *p = b[i], *q = b[i + 1 < count ? i + 1 : i];
        gw_v4 p0 = a[0] * p[0], p1 = a[1] * p[1], q0 = a[0] * q[0], q1 = a[1] * q[1];
        for (int32_t n = 2; n < GW_FIT_LANES; n += 2) {
            p0 += a[n] * p[n];
            p1 += a[n + 1] * p[n + 1];
            q0 += a[n] * q[n];
            q1 += a[n + 1] * q[n + 1];
        }
        out[i] = sum_lanes(p0 + p1);
        if (i + 1 < count) out[i + 1] = sum_lanes(q0 + q1);
    }
}

/* Normal equations of unknowns from..size-1 against all before them. */
static void normal_equations(half_fit *h, int32_t from, int32_t size) {
    for (int32_t i = from; i < size; i++)
        dots(h->basis[i], (const gw_v4(*)[GW_FIT_LANES])h->basis, i + 1, h->gram[i]);
    dots(h->signal, (const gw_v4(*)[GW_FIT_LANES])h->basis + from, size - from, h->rhs + from);
}

/* Coefficients of the first `size` unknowns, by Cholesky. Returns 0 if singular. */
static int32_t coefficients(half_fit *h, int32_t fixed, int32_t size) {
    float g[MOST][MOST], inverse[MOST];
    for (int32_t i = 0; i < size; i++) {
        float y = h->rhs[i];
        for (int32_t j = 0; j < i; j++) {
            float sum = h->gram[i][j];
            for (int32_t k = 0; k < j; k++)
                sum -= g[i][k] * g[j][k];
            g[i][j] = sum * inverse[j];
        }
        float diagonal = h->gram[i][i] * (i < fixed ? 1.0F + RIDGE : 1.0F);
        for (int32_t k = 0; k < i; k++) {
            diagonal -= g[i][k] * g[i][k];
            y -= g[i][k] * h->coef[k];
        }
        if (!(diagonal > SINGULAR)) return 0;
        inverse[i] = 1.0F / sqrtf(diagonal);
        h->coef[i] = y * inverse[i];
    }
    for (int32_t i = size - 1; i >= 0; i--) {
        float x = h->coef[i];
        for (int32_t k = i + 1; k < size; k++)
            x -= g[k][i] * h->coef[k];
        h->coef[i] = x * inverse[i];
    }
    return 1;
}

/* A phasor, and its square: twice the angle. */
typedef struct {
    float c, s;
} phasor;

static phasor twice(phasor p) { return (phasor){p.c * p.c - p.s * p.s, 2.0F * p.c * p.s}; }

/* cos and sin of w (n + 1/2), n = 0..GW_FIT_HALF-1 */
static void wave(float hz, gw_v4 *cosine, gw_v4 *sine) {
    const float half = 0.5F * GW_TURN * hz / RATE;
    const phasor first = {cosf(half), sinf(half)}, one = twice(first), four = twice(twice(one));
    gw_v4 c, s;
    c[0] = first.c;
    s[0] = first.s;
    for (int32_t i = 1; i < 4; i++) {
        c[i] = c[i - 1] * one.c - s[i - 1] * one.s;
        s[i] = s[i - 1] * one.c + c[i - 1] * one.s;
    }
    for (int32_t n = 0; n < GW_FIT_LANES; n++) {
        cosine[n] = c;
        sine[n] = s;
        const gw_v4 next = c * four.c - s * four.s;
        s = s * four.c + c * four.s;
        c = next;
    }
}

static void fold(const int16_t x[GW_FIT_LEN], half_fit *even, half_fit *odd) {
    for (int32_t n = 0; n < GW_FIT_HALF; n++) {
        const float late = x[GW_FIT_HALF + n], early = x[GW_FIT_HALF - 1 - n];
        even->signal[n / 4][n % 4] = 0.5F * (late + early);
        odd->signal[n / 4][n % 4] = 0.5F * (late - early);
    }
}

/* What is fitted beside the tones: nothing, hum (a straight line and 50 Hz), or hum and the band of dial tones.
   Returns how many unknowns that makes. */
static int32_t nuisances(half_fit *even, half_fit *odd, const gw_v4 *t, gw_fit_beside beside) {
    if (beside == GW_FIT_ALONE) return 0;
    int32_t fixed = 2;
    for (int32_t n = 0; n < GW_FIT_LANES; n++) {
        even->basis[0][n] = splat(1.0F);
        odd->basis[0][n] = t[n];
    }
    wave(HUM_HZ, even->basis[1], odd->basis[1]);
    for (int32_t i = 0; beside == GW_FIT_DIAL && i < DIAL; i++, fixed++)
        wave(DIAL_HZ + DIAL_STEP_HZ * (float)i, even->basis[fixed], odd->basis[fixed]);
    normal_equations(even, 0, fixed);
    normal_equations(odd, 0, fixed);
    return fixed;
}

/* Takes the nuisances off the signal, puts the tones apart: what gw_dtmf_describe wants to see. */
static void separate(half_fit *h, int32_t fixed, gw_v4 (*tone)[GW_FIT_LANES]) {
    for (int32_t n = 0; n < GW_FIT_LANES; n++) {
        gw_v4 clean = h->signal[n];
        for (int32_t i = 0; i < fixed; i++)
            clean -= h->coef[i] * h->basis[i][n];
        h->signal[n] = clean;
        tone[0][n] = h->coef[fixed] * h->basis[fixed][n];
        tone[1][n] = h->coef[fixed + 1] * h->basis[fixed + 1][n];
    }
}

int32_t gw_dtmf_fit(const int16_t x[GW_FIT_LEN], const float start_hz[2], gw_fit_beside beside, gw_two_tones *fit) {
    half_fit even, odd;
    gw_v4 t[GW_FIT_LANES];
    for (int32_t n = 0; n < GW_FIT_LANES; n++)
        t[n] = ((gw_v4){0.5F, 1.5F, 2.5F, 3.5F} + splat((float)(4 * n))) / T_UNIT;
    fold(x, &even, &odd);
    const int32_t fixed = nuisances(&even, &odd, t, beside), size = fixed + 4;
    float hz[2] = {start_hz[0], start_hz[1]};
    for (int32_t round = 1;; round++) {
        for (int32_t i = fixed; i < fixed + 2; i++) {
            wave(hz[i - fixed], even.basis[i], odd.basis[i]);
            for (int32_t n = 0; n < GW_FIT_LANES; n++) {
                even.basis[i + 2][n] = t[n] * odd.basis[i][n];
                odd.basis[i + 2][n] = t[n] * even.basis[i][n];
            }
        }
        normal_equations(&even, fixed, size);
        normal_equations(&odd, fixed, size);
        if (!coefficients(&even, fixed, size) || !coefficients(&odd, fixed, size)) return 0;
        float largest = 0.0F;
        for (int32_t i = 0; i < 2; i++) {
            /* a cos wt + b sin wt, whose derivative by w is b t cos wt - a t sin wt */
            const float a = even.coef[fixed + i], b = odd.coef[fixed + i];
            const float u = even.coef[fixed + 2 + i], v = odd.coef[fixed + 2 + i];
            const float step = (b * v - a * u) / (a * a + b * b + 1e-6F) / T_UNIT * RATE / GW_TURN;
            fit->hz[i] = hz[i] + step;
            if (!(fabsf(fit->hz[i] - start_hz[i]) < RUNAWAY * start_hz[i])) return 0;
            largest = fmaxf(largest, fabsf(step));
        }
        if (largest < SETTLED_HZ || round == ROUNDS) break;
        hz[0] = fit->hz[0];
        hz[1] = fit->hz[1];
    }
    /* Frequencies are settled: now with constant amplitudes. */
    if (!coefficients(&even, fixed, fixed + 2) || !coefficients(&odd, fixed, fixed + 2)) return 0;
    for (int32_t i = 0; i < 2; i++)
        fit->amplitude[i] =
            sqrtf(even.coef[fixed + i] * even.coef[fixed + i] + odd.coef[fixed + i] * odd.coef[fixed + i]);
    gw_v4 tone_even[2][GW_FIT_LANES], tone_odd[2][GW_FIT_LANES];
    separate(&even, fixed, tone_even);
    separate(&odd, fixed, tone_odd);
    gw_dtmf_describe(even.signal, odd.signal, tone_even, tone_odd, fit);
    return 1;
}
