/* What the parts of the DTMF receiver share; never part of the contract that Python reads.
   dtmf.c cuts blocks -> dtmf_corr.c correlates them -> dtmf_gate.c finds the pair that leads -> dtmf_fit.c fits two
   tones, dtmf_residue.c describes what is left -> dtmf_judge.c says whether that is a digit -> dtmf_track.c how
   long it lasts. */
#ifndef GW_DTMF_INTERNAL_H
#define GW_DTMF_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "dtmf.h"

#define GW_TURN 6.28318530717958647692F

/* Nominal frequencies, Hz (ITU-T Q.23): rows 0 to 3, columns 4 to 7. */
static const float gw_dtmf_hz[8] = {697.0F, 770.0F, 852.0F, 941.0F, 1209.0F, 1336.0F, 1477.0F, 1633.0F};

enum {
    GW_DTMF_RATE = 8000, /* Hz, inside */
    /* The gate and the follower look at 16 ms: half a window crosses an edge in 8 ms, so breaks and pauses from 8
       ms on are measured at their true length. */
    GW_WINDOW_BLOCKS = 4,
    GW_WINDOW_LEN = GW_WINDOW_BLOCKS * GW_DTMF_BLOCK,
    /* A fit looks at 28 ms: longer than the 23 ms that must be refused (Q.24), and at any alignment a 40 ms tone
       holds three such windows. */
    GW_FIT_BLOCKS = 7,
    GW_FIT_LEN = GW_FIT_BLOCKS * GW_DTMF_BLOCK,
    GW_FIT_HALF = GW_FIT_LEN / 2,
    GW_FIT_LANES = GW_FIT_HALF / 4
};

/* Four floats at once: GCC and clang map it to SSE2 or NEON. */
typedef float gw_v4 __attribute__((vector_size(16)));

static inline int32_t gw_slot(int64_t block) { return (int32_t)((uint64_t)block % GW_DTMF_RING); }

/* Correlations of one block: sums of x * exp(-j w t), t from the centre of the block; energies in LSB^2. */
typedef struct {
    float re[8], im[8];
    float dial; /* energy that a 400 Hz tone explains */
    float mean; /* energy of the mean */
    float total;
} gw_block_sums;

void gw_dtmf_correlate(const int16_t x[GW_DTMF_BLOCK], gw_block_sums *out);
void gw_dtmf_halve(const int16_t x[2 * GW_DTMF_BLOCK], int16_t tail[16], int16_t out[GW_DTMF_BLOCK]);
enum { GW_HALVE_DELAY = 5 }; /* of that filter, samples at 16 kHz */

/* The pair that has led long enough for a fit, or -1. */
int32_t gw_dtmf_gate(gw_dtmf *d, int64_t last);
/* Fits that pair to the last 28 ms and begins a digit if it is one. */
void gw_dtmf_examine(gw_dtmf *d, int64_t last, int32_t pair);

/* Two tones fitted to a window; [0] is the low one. */
typedef struct {
    float hz[2];
    float amplitude[2];           /* peak, LSB */
    float residue;                /* share of the energy that the tones do not explain, 0 to 1 */
    float residue_hz;             /* its main frequency */
    float residue_width_hz;       /* spread about it: a single tone 60 at most, speech above 120 */
    float residue_key_share;      /* share of it that one of the other six tones explains */
    float fill[2][GW_FIT_BLOCKS]; /* level of each tone in each block, relative to the fit: 1 when steady */
} gw_two_tones;

/* A fit in the making: two systems of normal equations, that of the even half of the window (cosines, t * sin) and
   that of the odd one (sines, t * cos). In gram, rhs, factor, forward and coef the even one has lanes 0 and 2, the
   odd one 1 and 3. */
enum { GW_FIT_EVEN, GW_FIT_ODD, GW_FIT_MOST = 13 }; /* unknowns: hum 2, dial tone 7, two tones, t times them */
typedef struct {
    gw_v4 basis[2][GW_FIT_MOST][GW_FIT_LANES];
    gw_v4 signal[2][GW_FIT_LANES];
    gw_v4 gram[GW_FIT_MOST][GW_FIT_MOST]; /* lower triangle */
    gw_v4 rhs[GW_FIT_MOST];
    gw_v4 factor[GW_FIT_MOST][GW_FIT_MOST]; /* of gram = factor * diagonal * its transpose */
    gw_v4 forward[GW_FIT_MOST];             /* half the solution */
    gw_v4 coef[GW_FIT_MOST];
    int32_t fixed; /* hum and dial tone come first, so many */
} gw_two_halves;

typedef struct {
    float c, s;
} gw_phasor;

/* A sine turned by half a step, and by GW_FIT_HALF steps. */
typedef struct {
    gw_phasor at[2];
} gw_fit_ends;

static inline gw_v4 gw_both(float even, float odd) { return (gw_v4){even, odd, even, odd}; }

static inline float gw_sum_lanes(gw_v4 v) { return (v[0] + v[1]) + (v[2] + v[3]); }

/* t of lane n: samples from the centre of the window, 1 at its end */
static inline gw_v4 gw_fit_t(int32_t n) {
    return ((gw_v4){0.5F, 1.5F, 2.5F, 3.5F} + (float)(4 * n)) / (float)GW_FIT_HALF;
}

static inline gw_phasor gw_times(gw_phasor p, gw_phasor q) {
    return (gw_phasor){p.c * q.c - p.s * q.s, p.s * q.c + p.c * q.s};
}

static inline gw_phasor gw_twice(gw_phasor p) { return gw_times(p, p); }

/* Four samples of a wave, and t there. */
typedef struct {
    gw_v4 c, s, t;
} gw_four_samples;

/* Stores lane n of unknowns i and i + 2 (t times the other half of i), sums their products with the signal, and moves
   w on by `step`, eight samples. */
static inline void gw_take(gw_two_halves *f, int32_t i, int32_t n, gw_four_samples *w, gw_phasor step, gw_v4 sum[4]) {
    const gw_v4 c = w->c, s = w->s, even = f->signal[GW_FIT_EVEN][n], odd = f->signal[GW_FIT_ODD][n];
    const gw_v4 tc = w->t * c, ts = w->t * s;
    f->basis[GW_FIT_EVEN][i][n] = c;
    f->basis[GW_FIT_ODD][i][n] = s;
    if (f->fixed) { /* nobody else asks for them */
        f->basis[GW_FIT_EVEN][i + 2][n] = ts;
        f->basis[GW_FIT_ODD][i + 2][n] = tc;
    }
    sum[0] += even * c;
    sum[1] += odd * s;
    sum[2] += even * ts;
    sum[3] += odd * tc;
    w->c = c * step.c - s * step.s;
    w->s = s * step.c + c * step.s;
    w->t += 8.0F / (float)GW_FIT_HALF;
}

/* What is fitted away beside the tones; GW_FIT_DIAL: hum and 330 to 480 Hz. */
typedef enum { GW_FIT_ALONE, GW_FIT_HUM, GW_FIT_DIAL } gw_fit_beside;

/* hz: where to look first. Returns 0 when the fit ran away. */
int32_t gw_dtmf_fit(const int16_t x[GW_FIT_LEN], const float hz[2], gw_fit_beside beside, gw_two_tones *fit);

/* The rest of *fit; f's signal is without nuisances by now, its coef are of the tones alone. */
void gw_dtmf_describe(const gw_two_halves *f, gw_two_tones *fit);

float gw_dtmf_dbm0(float amplitude);

/* How far a fit is from a clean, nominal digit: 0 is perfect, 1 the limit. */
float gw_dtmf_doubt(const gw_two_tones *fit, int32_t pair, int32_t without_dial_tone);
/* 1 if the residue is one more tone. */
int32_t gw_dtmf_third_tone(const gw_two_tones *fit);
/* 1 if that fit may begin a digit alone, 0 if a good one must come before it. */
int32_t gw_dtmf_sure(const gw_two_tones *fit);

void gw_dtmf_begin(gw_dtmf *d, int64_t last, int32_t pair, const gw_two_tones *fit, float doubt);
void gw_dtmf_follow(gw_dtmf *d, int64_t last);

#endif
