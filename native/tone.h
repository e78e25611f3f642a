/*
 * A sine of a given frequency and level, pure (state, samples, n).
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> before it.
 */

typedef struct gw_tone {
    double sine, cosine;           /* of the phase of the next sample */
    double step_sine, step_cosine; /* of the phase step */
    double amplitude;
} gw_tone;

/* 1, or 0 and an untouched state when hz is not between 0 and half the rate or level_dbm0 not in -70 to +3.14. */
int32_t gw_tone_start(gw_tone *tone, int32_t rate, double hz, double level_dbm0);
void gw_tone_render(gw_tone *tone, int16_t *out, int32_t n);
