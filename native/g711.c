/*
 * G.711 without tables. A code is a small floating-point number: three bits of exponent and four of mantissa. So a
 * magnitude is made a float, whose own bits then hold the code, eight samples at a time; all values are exact.
 */
#include <stdint.h>
#include <string.h>

#include "g711.h"
#include "simd.h"

enum {
    EXPONENT_SHIFT = 7, /* of the upper 16 bits of a float: 8 bits of exponent, 7 of mantissa */
    CODE_SHIFT = 3,     /* below the four bits of mantissa that a code keeps */
    MIDDLE = 4,         /* half of such a step: decoding gives the middle of an interval */
    FLOAT_BIAS = 127,   /* of an IEEE 754 exponent */
    SIGN = 0x80,
    ALAW_EVEN_BITS = 0x55,
    ALAW_SHIFT = 4,                        /* A-law codes 12 bits of a 16-bit sample */
    ALAW_STEPS = 16,                       /* of a segment; magnitudes below it (segment 0) are coded as they are */
    ALAW_EXPONENT = (FLOAT_BIAS + 3) << 4, /* code minus this: 2^4 is the first magnitude of segment 1 */
    ALAW_VALUE_EXPONENT = (FLOAT_BIAS + 7) << EXPONENT_SHIFT, /* 2^8 is the first value of segment 1 */
    ULAW_SHIFT = 2,                                           /* u-law codes 14 bits */
    ULAW_BIAS = 33,
    ULAW_LARGEST = 8191,                   /* with the bias */
    ULAW_EXPONENT = (FLOAT_BIAS + 5) << 4, /* 2^5 is the first magnitude of segment 0 */
    ULAW_VALUE_EXPONENT = (FLOAT_BIAS + 5) << EXPONENT_SHIFT
};

/* The upper 16 bits of magnitudes as floats. */
GW_INLINE gw_i32x4 upper4(gw_i32x4 x) { return (gw_i32x4) __builtin_convertvector(x, gw_f32x4) >> 16; }

GW_INLINE gw_i16x8 float_upper(gw_i16x8 x) { return gw_narrow8(upper4(gw_low4(x)), upper4(gw_high4(x))); }

/* The integers that floats with these upper 16 bits hold. */
GW_INLINE gw_i16x8 float_value(gw_i16x8 upper) {
    gw_i16x8 zero = {0};
    gw_i32x4 low = __builtin_convertvector((gw_f32x4)gw_zip_low(zero, upper), gw_i32x4);
    return gw_narrow8(low, __builtin_convertvector((gw_f32x4)gw_zip_high(zero, upper), gw_i32x4));
}

/* Ones' complement of a negative sample: what both laws take for its magnitude. */
GW_INLINE gw_i16x8 magnitude(gw_i16x8 x) { return x ^ (x >> 15); }

GW_INLINE gw_i16x8 alaw_encode8(gw_i16x8 x) {
    gw_i16x8 m = magnitude(x) >> ALAW_SHIFT;
    gw_i16x8 code = (float_upper(m) >> CODE_SHIFT) - ALAW_EXPONENT;
    code = gw_max8(code, gw_min8(m, gw_all8(ALAW_STEPS))); /* segment 0: the exponent's code is below m there */
    return (code | (~(x >> 15) & SIGN)) ^ ALAW_EVEN_BITS;
}

GW_INLINE gw_i16x8 ulaw_encode8(gw_i16x8 x) {
    gw_i16x8 m = gw_min8((magnitude(x) >> ULAW_SHIFT) + ULAW_BIAS, gw_all8(ULAW_LARGEST));
    gw_i16x8 code = (float_upper(m) >> CODE_SHIFT) - ULAW_EXPONENT;
    return (code ^ 0x7F) | (~(x >> 15) & SIGN);
}

GW_INLINE gw_i16x8 alaw_decode8(gw_i16x8 wire) {
    gw_i16x8 code = wire ^ ALAW_EVEN_BITS, low7 = code & 0x7F;
    gw_i16x8 first = (low7 < ALAW_STEPS) & ALAW_STEPS; /* segment 0 has the steps of segment 1 and starts at 0 */
    gw_i16x8 value = float_value(((low7 + first) << CODE_SHIFT) + (ALAW_VALUE_EXPONENT + MIDDLE));
    value -= first << ALAW_SHIFT;
    gw_i16x8 negative = (code & SIGN) == 0;
    return (value ^ negative) - negative;
}

GW_INLINE gw_i16x8 ulaw_decode8(gw_i16x8 wire) {
    gw_i16x8 low7 = ~wire & 0x7F;
    gw_i16x8 value = float_value((low7 << CODE_SHIFT) + (ULAW_VALUE_EXPONENT + MIDDLE)) - ULAW_BIAS;
    gw_i16x8 negative = (wire & SIGN) == 0;
    return ((value << ULAW_SHIFT) ^ negative) - negative;
}

/* The last samples go through the same code, padded to eight. */
#define ENCODER(name, encode8)                                                          \
    void name(const int16_t *in, uint8_t *out, int64_t n) {                             \
        int64_t i = 0;                                                                  \
        for (; i + 8 <= n; i += 8) gw_store_bytes8(out + i, encode8(gw_load8(in + i))); \
        if (i < n) {                                                                    \
            int16_t rest[8] = {0};                                                      \
            uint8_t codes[8];                                                           \
            memcpy(rest, in + i, (size_t)(n - i) * sizeof rest[0]);                     \
            gw_store_bytes8(codes, encode8(gw_load8(rest)));                            \
            memcpy(out + i, codes, (size_t)(n - i));                                    \
        }                                                                               \
    }

#define DECODER(name, decode8)                                                          \
    void name(const uint8_t *in, int16_t *out, int64_t n) {                             \
        int64_t i = 0;                                                                  \
        for (; i + 8 <= n; i += 8) gw_store8(out + i, decode8(gw_load_bytes8(in + i))); \
        if (i < n) {                                                                    \
            uint8_t rest[8] = {0};                                                      \
            int16_t values[8];                                                          \
            memcpy(rest, in + i, (size_t)(n - i));                                      \
            gw_store8(values, decode8(gw_load_bytes8(rest)));                           \
            memcpy(out + i, values, (size_t)(n - i) * sizeof values[0]);                \
        }                                                                               \
    }

ENCODER(gw_alaw_encode, alaw_encode8)
DECODER(gw_alaw_decode, alaw_decode8)
ENCODER(gw_ulaw_encode, ulaw_encode8)
DECODER(gw_ulaw_decode, ulaw_decode8)
