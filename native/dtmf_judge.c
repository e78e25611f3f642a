/* Is this fit a digit? Hard limits first, then one sum of doubts: a fit may be a little off in several ways or far
   off in one. Speech is nearly always off in all of them, a real digit under stress in one: a drifted sender is
   clean, a digit over a prompt is on frequency. The weights were chosen on recorded English, Spanish and French
   speech and two synthetic Polish voices at 13 playing speeds (0.8 to 1.25) and three spectral slopes, on half of
   the music, and on seeded digits under stress. Figures are reported on Italian, Russian and Colombian Spanish
   speech, three other Polish voices, the other half of the music, and other seeds; digits over speech used the same
   recordings in both. `make dtmf-grid` and `make talkoff` print them. */
#include <math.h>

#include "dtmf_internal.h"

static const float FULL_SCALE_DBM0 = 3.14F; /* of a sine that peaks at 32768 (ITU-T G.711) */

/* Hard limits. */
static const float FREQUENCY_LIMIT = 0.0235F; /* of nominal: Q.24 accepts 1.5 % + 2 Hz and 1.8 %, refuses 3.0 % */
static const float TWIST_MOST_DB = 7.0F;      /* Q.24 AT&T accepts +4, ETSI ES 201 235-3 6 */
static const float TWIST_LEAST_DB = -11.0F;   /* Q.24 AT&T accepts -8 */
static const float LEVEL_LEAST_DBM0 = -46.0F; /* a tone: RFC 2833 accepts -36, Q.24 AT&T refuses -55 */
static const float EDGE_FILL = 0.58F;         /* level in the edge blocks: a 23 ms tone leaves 0.45 in one */
static const float INNER_FILL = 0.24F;        /* level in any block between: a break of 10 ms leaves none */
static const float THIRD_TONE_SHARE = 0.07F;  /* residue; MT8870: a third tone of -16 dB (0.013) must pass */
static const float THIRD_TONE_WIDTH_HZ = 110.0F;
static const float THIRD_KEY_SHARE = 0.6F;       /* of the residue in one other DTMF tone: two keys at once */
static const float THIRD_TONE_LEAST_HZ = 490.0F; /* below it is hum or a dial tone, which may be there */

/* What each kind of doubt weighs; 1 is the limit of their sum. */
static const float RESIDUE_FULL = 0.43F;  /* share of energy: 12 dB SNR leaves 0.06, speech 6 dB under 0.2 */
static const float RESIDUE_DIAL = 0.28F;  /* with a dial tone fitted away, as that takes speech along */
static const float OFFSET_UNIT = 0.018F;  /* share of nominal: the widest offset to accept (Q.24 NTT) */
static const float OFFSET_WEIGHT = 0.34F; /* of one tone at that offset */
static const float BOTH_WEIGHT = 0.29F;   /* of residue times offsets: off and noisy at once */
static const float BOTH_DIAL_WEIGHT = 3.2F;
static const float TWIST_CENTRE_DB = -2.0F; /* middle of what must be accepted, -9 to +5 */
static const float TWIST_UNIT_DB = 7.0F;
static const float TWIST_WEIGHT = 0.30F;
static const float WAVER_WEIGHT = 2.5F; /* of the variance of a tone's level from block to block */

/* A fit that may begin a digit alone; any other needs a good one before it. */
static const float SURE_RESIDUE = 0.08F; /* share of energy */
static const float SURE_EDGE = 0.85F;    /* level in the edge blocks: a third tone would show */

static const float REFUSED = 9.0F;

float gw_dtmf_dbm0(float amplitude) {
    return FULL_SCALE_DBM0 + 20.0F * log10f(amplitude > 0.01F ? amplitude / 32768.0F : 0.01F / 32768.0F);
}

static float waver(const float fill[GW_FIT_BLOCKS]) {
    float sum = 0.0F, square = 0.0F;
    for (int b = 0; b < GW_FIT_BLOCKS; b++) {
        sum += fill[b];
        square += fill[b] * fill[b];
    }
    sum /= (float)GW_FIT_BLOCKS;
    return square / (float)GW_FIT_BLOCKS - sum * sum;
}

static float least_edge(const gw_two_tones *fit) {
    const float low = fminf(fit->fill[0][0], fit->fill[0][GW_FIT_BLOCKS - 1]);
    return fminf(low, fminf(fit->fill[1][0], fit->fill[1][GW_FIT_BLOCKS - 1]));
}

int32_t gw_dtmf_third_tone(const gw_two_tones *fit) {
    return fit->residue > THIRD_TONE_SHARE &&
           (fit->residue_key_share > THIRD_KEY_SHARE ||
            (fit->residue_width_hz < THIRD_TONE_WIDTH_HZ && fit->residue_hz > THIRD_TONE_LEAST_HZ));
}

int32_t gw_dtmf_sure(const gw_two_tones *fit) { return fit->residue < SURE_RESIDUE || least_edge(fit) > SURE_EDGE; }

float gw_dtmf_doubt(const gw_two_tones *fit, int32_t pair, int32_t without_dial_tone) {
    const float low_off = fabsf(fit->hz[0] / gw_dtmf_hz[pair / 4] - 1.0F);
    const float high_off = fabsf(fit->hz[1] / gw_dtmf_hz[4 + pair % 4] - 1.0F);
    const float low = gw_dtmf_dbm0(fit->amplitude[0]), high = gw_dtmf_dbm0(fit->amplitude[1]);
    const float twist = high - low;
    if (low_off > FREQUENCY_LIMIT || high_off > FREQUENCY_LIMIT || low < LEVEL_LEAST_DBM0 ||
        high < LEVEL_LEAST_DBM0 || twist > TWIST_MOST_DB || twist < TWIST_LEAST_DB)
        return REFUSED;
    if (least_edge(fit) < EDGE_FILL) return REFUSED;
    for (int32_t i = 0; i < 2; i++)
        for (int32_t b = 1; b < GW_FIT_BLOCKS - 1; b++)
            if (fit->fill[i][b] < INNER_FILL) return REFUSED;
    const float offset = (low_off + high_off) / OFFSET_UNIT;
    const float lean = (twist - TWIST_CENTRE_DB) / TWIST_UNIT_DB;
    return fit->residue / (without_dial_tone ? RESIDUE_DIAL : RESIDUE_FULL) + OFFSET_WEIGHT * offset +
           (without_dial_tone ? BOTH_DIAL_WEIGHT : BOTH_WEIGHT) * fit->residue * offset +
           TWIST_WEIGHT * lean * lean + WAVER_WEIGHT * (waver(fit->fill[0]) + waver(fit->fill[1]));
}
