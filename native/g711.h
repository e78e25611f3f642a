/*
 * G.711 A-law and u-law (ITU-T G.711, bit-exact to the reference of ITU-T G.191), pure (samples, n).
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> before it. Codes are as on the wire: A-law with even
 * bits inverted, u-law with all bits inverted. in and out must not overlap.
 */

void gw_alaw_encode(const int16_t *in, uint8_t *out, int64_t n);
void gw_alaw_decode(const uint8_t *in, int16_t *out, int64_t n);
void gw_ulaw_encode(const int16_t *in, uint8_t *out, int64_t n);
void gw_ulaw_decode(const uint8_t *in, int16_t *out, int64_t n);
