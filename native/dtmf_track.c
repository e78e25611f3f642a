/* How long a digit lasts. Once begun, a digit is followed by the level of its two tones alone: it is over when that
   level was below half for the pause that makes a new digit; shorter breaks are bridged. */
#include <math.h>

#include "dtmf_internal.h"

static const int64_t PAUSE = 188;         /* samples, 23.5 ms: between breaks of 15 ms and pauses of 32 ms */
static const float HALF = 0.5F;           /* of the level, crossed when the edge is at the window's centre */
static const float REFERENCE_STEP = 0.1F; /* share per block by which the reference follows a drift */
static const float BLOCK_FULL = 0.8F;     /* level of an earlier block that is the tone's as a whole */
static const float BLOCK_EMPTY = 0.2F;    /* and of one that is not; between them it is in part */

static const char DIGITS[] = "123A456B789C*0#D";

/* Samples at the rate of the input, from samples at 8 kHz. */
static int64_t at_input(const gw_dtmf *d, int64_t sample) {
    if (d->sample_rate == GW_DTMF_RATE) return sample;
    sample = 2 * sample - GW_HALVE_DELAY;
    return sample > 0 ? sample : 0;
}

static void emit(gw_dtmf *d, int32_t kind, int64_t end) {
    if (d->pending_count == GW_DTMF_PENDING) {
        d->lost++;
        return;
    }
    d->pending[d->pending_count++] = (gw_dtmf_event){.kind = kind,
                                                     .digit = d->digit,
                                                     .start = at_input(d, d->start),
                                                     .end = end < 0 ? -1 : at_input(d, end),
                                                     .low_dbm0 = d->low_dbm0,
                                                     .high_dbm0 = d->high_dbm0,
                                                     .twist_db = d->high_dbm0 - d->low_dbm0,
                                                     .confidence = d->confidence};
}

static void finish(gw_dtmf *d, int64_t end) {
    emit(d, GW_DTMF_END, end > d->start ? end : d->start + 1);
    d->ended_pair = d->pair;
    d->ended = end;
    d->pair = -1;
    d->digit = 0;
    d->below = -1;
}

typedef float v4u __attribute__((vector_size(16), aligned(4), may_alias)); /* anywhere in the state */

static inline v4u *of_block(gw_dtmf *d, int64_t block) {
    return (v4u *)d->of_pair[(uint64_t)block % GW_WINDOW_BLOCKS];
}

/* Puts the correlations of one block with both tones of the pair where the follower wants them. */
static inline void gather(gw_dtmf *d, int64_t block) {
    const uint32_t row = (uint32_t)d->pair / 4, column = 4 + (uint32_t)d->pair % 4;
    const float *re = d->sums_re[gw_slot(block)], *im = d->sums_im[gw_slot(block)];
    *of_block(d, block) = (v4u){re[row], re[column], im[row], im[column]};
}

static inline gw_v4 turned(const gw_dtmf *d, gw_v4 sum) {
    const gw_v4 swapped = {sum[2], sum[3], sum[0], sum[1]};
    return sum * *(const v4u *)d->steps[0] + swapped * *(const v4u *)d->steps[1];
}

/* Length of the sum of a window's correlations with each tone, turned back by the tone's own step. */
static inline void window_levels(gw_dtmf *d, int64_t last, float level[2]) {
    gather(d, last);
    gw_v4 sum = *of_block(d, last - 3); /* Horner: the oldest is turned on most */
    sum = turned(d, sum) + *of_block(d, last - 2);
    sum = turned(d, sum) + *of_block(d, last - 1);
    sum = turned(d, sum) + *of_block(d, last);
    sum *= sum;
    level[0] = sqrtf(sum[0] + sum[2]);
    level[1] = sqrtf(sum[1] + sum[3]);
}

void gw_dtmf_follow(gw_dtmf *d, int64_t last) {
    float level[2];
    window_levels(d, last, level);
    const float low = level[0], high = level[1];
    const float low_gain = low / d->reference[0], high_gain = high / d->reference[1];
    const float gain = low_gain < high_gain ? low_gain : high_gain;
    const int64_t centre = (last + 1) * GW_DTMF_BLOCK - GW_WINDOW_LEN / 2;
    if (gain >= HALF) {
        d->below = -1;
        d->reference[0] += REFERENCE_STEP * (low - d->reference[0]);
        d->reference[1] += REFERENCE_STEP * (high - d->reference[1]);
    } else {
        if (d->below < 0) { /* between the last block's centre and this one's: interpolate */
            float fall = d->gain - gain;
            float back = fall > HALF - gain ? (HALF - gain) / fall : 1.0F;
            d->below = centre - (int64_t)(back * (float)GW_DTMF_BLOCK);
        }
        if (centre - d->below >= PAUSE) finish(d, d->below);
    }
    d->gain = gain;
}

/* First sample of the tone: the fit's window, moved back over earlier blocks that hold the same tones. */
static int64_t first_sample(const gw_dtmf *d, int64_t first, int32_t pair, const gw_two_tones *fit) {
    int64_t start = first * GW_DTMF_BLOCK;
    const float full = 0.5F * (float)GW_DTMF_BLOCK;
    for (int64_t b = first - 1; b >= 0 && b >= first - (GW_DTMF_RING - GW_FIT_BLOCKS); b--) {
        const float *re = d->sums_re[gw_slot(b)], *im = d->sums_im[gw_slot(b)];
        int32_t row = pair / 4, column = 4 + pair % 4;
        float low = sqrtf(re[row] * re[row] + im[row] * im[row]) / (full * fit->amplitude[0]);
        float high = sqrtf(re[column] * re[column] + im[column] * im[column]) / (full * fit->amplitude[1]);
        float level = 0.5F * (low + high);
        if (level < BLOCK_FULL) {
            if (level > BLOCK_EMPTY) start -= (int64_t)(level * (float)GW_DTMF_BLOCK);
            break;
        }
        start -= GW_DTMF_BLOCK;
    }
    return start;
}

void gw_dtmf_begin(gw_dtmf *d, int64_t last, int32_t pair, const gw_two_tones *fit, float doubt) {
    const int64_t start = first_sample(d, last - GW_FIT_BLOCKS + 1, pair, fit);
    if (pair == d->ended_pair && start - d->ended < PAUSE) { /* its own echo: no pause was heard */
        d->led = 0;
        return;
    }
    if (d->pair >= 0) /* another digit without a pause between */
        finish(d, d->below >= 0 && d->below < start ? d->below : start);
    d->pair = pair;
    d->digit = DIGITS[pair];
    d->start = start;
    d->below = -1;
    d->gain = 1.0F;
    for (int i = 0; i < 2; i++) {
        float turn = GW_TURN * (fit->hz[i] - gw_dtmf_hz[i == 0 ? pair / 4 : 4 + pair % 4]) * (float)GW_DTMF_BLOCK /
                     (float)GW_DTMF_RATE;
        d->steps[0][i] = d->steps[0][2 + i] = cosf(turn);
        d->steps[1][2 + i] = sinf(turn);
        d->steps[1][i] = -d->steps[1][2 + i];
        d->reference[i] = 0.5F * fit->amplitude[i] * (float)GW_WINDOW_LEN;
    }
    d->low_dbm0 = gw_dtmf_dbm0(fit->amplitude[0]);
    d->high_dbm0 = gw_dtmf_dbm0(fit->amplitude[1]);
    d->confidence = 1.0F - doubt;
    for (int64_t b = last - GW_WINDOW_BLOCKS + 1; b <= last; b++)
        gather(d, b);
    emit(d, GW_DTMF_BEGIN, -1);
}
