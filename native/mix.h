/*
 * Mixing of int16 samples with saturation, pure (samples, n).
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> before it. out may be one of the inputs.
 */

/* out = a + b, held at full scale instead of wrapping round. */
void gw_mix(const int16_t *a, const int16_t *b, int16_t *out, int64_t n);
/* The sum of `channels` (1 to 65536) blocks of n samples, `stride` samples apart: summed exactly, then held at full
   scale once, so the order of the channels changes nothing. */
void gw_mix_many(const int16_t *in, int64_t channels, int64_t stride, int16_t *out, int64_t n);
/* Two mono blocks to one of pairs, left first; out: 2 * n samples that overlap neither. */
void gw_mix_stereo(const int16_t *left, const int16_t *right, int16_t *out, int64_t n);
