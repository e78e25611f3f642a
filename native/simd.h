/*
 * Eight int16 lanes at a time on what every x86-64 (SSE2) and every aarch64 (NEON) has, and the same in plain C.
 *
 * All of it is exact integer arithmetic, so the three ways give the same bits. -DGW_PLAIN_C takes the third one.
 */
#ifndef GW_SIMD_H
#define GW_SIMD_H

#include <stdint.h>
#include <string.h>

typedef int16_t gw_i16x8 __attribute__((vector_size(16)));
typedef int32_t gw_i32x4 __attribute__((vector_size(16)));
typedef uint32_t gw_u32x4 __attribute__((vector_size(16)));
typedef uint64_t gw_u64x2 __attribute__((vector_size(16)));
typedef float gw_f32x4 __attribute__((vector_size(16)));

#define GW_INLINE static inline __attribute__((always_inline, unused))

#if defined(__SSE2__) && !defined(GW_PLAIN_C)
#include <emmintrin.h>
#define GW_SSE2 1
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(GW_PLAIN_C)
#include <arm_neon.h>
#define GW_NEON 1
#endif

GW_INLINE gw_i16x8 gw_load8(const int16_t *p) {
    gw_i16x8 v;
    memcpy(&v, p, sizeof v);
    return v;
}

GW_INLINE void gw_store8(int16_t *p, gw_i16x8 v) { memcpy(p, &v, sizeof v); }

GW_INLINE gw_f32x4 gw_loadf4(const float *p) {
    gw_f32x4 v;
    memcpy(&v, p, sizeof v);
    return v;
}

GW_INLINE void gw_storef4(float *p, gw_f32x4 v) { memcpy(p, &v, sizeof v); }

GW_INLINE gw_i16x8 gw_all8(int16_t x) { return (gw_i16x8){x, x, x, x, x, x, x, x}; }

#if defined(GW_SSE2)

/* Saturating sum. */
GW_INLINE gw_i16x8 gw_adds8(gw_i16x8 a, gw_i16x8 b) { return (gw_i16x8)_mm_adds_epi16((__m128i)a, (__m128i)b); }
GW_INLINE gw_i16x8 gw_min8(gw_i16x8 a, gw_i16x8 b) { return (gw_i16x8)_mm_min_epi16((__m128i)a, (__m128i)b); }
GW_INLINE gw_i16x8 gw_max8(gw_i16x8 a, gw_i16x8 b) { return (gw_i16x8)_mm_max_epi16((__m128i)a, (__m128i)b); }
/* Products of neighbours, added in pairs, modulo 2^32. */
GW_INLINE gw_i32x4 gw_madd8(gw_i16x8 a, gw_i16x8 b) { return (gw_i32x4)_mm_madd_epi16((__m128i)a, (__m128i)b); }
/* Lanes 0 to 3, and 4 to 7, as int32. */
GW_INLINE gw_i32x4 gw_low4(gw_i16x8 a) {
    return (gw_i32x4)_mm_srai_epi32(_mm_unpacklo_epi16((__m128i)a, (__m128i)a), 16);
}
GW_INLINE gw_i32x4 gw_high4(gw_i16x8 a) {
    return (gw_i32x4)_mm_srai_epi32(_mm_unpackhi_epi16((__m128i)a, (__m128i)a), 16);
}
/* a0 b0 a1 b1 a2 b2 a3 b3, and the same of lanes 4 to 7. */
GW_INLINE gw_i16x8 gw_zip_low(gw_i16x8 a, gw_i16x8 b) {
    return (gw_i16x8)_mm_unpacklo_epi16((__m128i)a, (__m128i)b);
}
GW_INLINE gw_i16x8 gw_zip_high(gw_i16x8 a, gw_i16x8 b) {
    return (gw_i16x8)_mm_unpackhi_epi16((__m128i)a, (__m128i)b);
}
/* Both halves to int16 with saturation. */
GW_INLINE gw_i16x8 gw_narrow8(gw_i32x4 low, gw_i32x4 high) {
    return (gw_i16x8)_mm_packs_epi32((__m128i)low, (__m128i)high);
}
/* Stores eight values of 0 to 255. */
GW_INLINE void gw_store_bytes8(uint8_t *p, gw_i16x8 v) {
    _mm_storel_epi64((__m128i *)(void *)p, _mm_packus_epi16((__m128i)v, (__m128i)v));
}
GW_INLINE gw_i16x8 gw_load_bytes8(const uint8_t *p) {
    return (gw_i16x8)_mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)(const void *)p), _mm_setzero_si128());
}
/* a0 a2 b0 b2, and a1 a3 b1 b3. */
GW_INLINE gw_f32x4 gw_evens4(gw_f32x4 a, gw_f32x4 b) {
    return (gw_f32x4)_mm_shuffle_ps((__m128)a, (__m128)b, 0x88);
}
GW_INLINE gw_f32x4 gw_odds4(gw_f32x4 a, gw_f32x4 b) { return (gw_f32x4)_mm_shuffle_ps((__m128)a, (__m128)b, 0xDD); }
/* sums + the four values of m, taken as unsigned. */
GW_INLINE gw_u64x2 gw_sum_u32(gw_u64x2 sums, gw_i32x4 m) {
    __m128i zero = _mm_setzero_si128();
    return sums + (gw_u64x2)_mm_unpacklo_epi32((__m128i)m, zero) + (gw_u64x2)_mm_unpackhi_epi32((__m128i)m, zero);
}

#elif defined(GW_NEON)

GW_INLINE gw_i16x8 gw_adds8(gw_i16x8 a, gw_i16x8 b) { return (gw_i16x8)vqaddq_s16((int16x8_t)a, (int16x8_t)b); }
GW_INLINE gw_i16x8 gw_min8(gw_i16x8 a, gw_i16x8 b) { return (gw_i16x8)vminq_s16((int16x8_t)a, (int16x8_t)b); }
GW_INLINE gw_i16x8 gw_max8(gw_i16x8 a, gw_i16x8 b) { return (gw_i16x8)vmaxq_s16((int16x8_t)a, (int16x8_t)b); }
GW_INLINE gw_i32x4 gw_madd8(gw_i16x8 a, gw_i16x8 b) {
    int32x4_t low = vmull_s16(vget_low_s16((int16x8_t)a), vget_low_s16((int16x8_t)b));
    return (gw_i32x4)vpaddq_s32(low, vmull_high_s16((int16x8_t)a, (int16x8_t)b));
}
GW_INLINE gw_i32x4 gw_low4(gw_i16x8 a) { return (gw_i32x4)vmovl_s16(vget_low_s16((int16x8_t)a)); }
GW_INLINE gw_i32x4 gw_high4(gw_i16x8 a) { return (gw_i32x4)vmovl_high_s16((int16x8_t)a); }
GW_INLINE gw_i16x8 gw_zip_low(gw_i16x8 a, gw_i16x8 b) { return (gw_i16x8)vzip1q_s16((int16x8_t)a, (int16x8_t)b); }
GW_INLINE gw_i16x8 gw_zip_high(gw_i16x8 a, gw_i16x8 b) { return (gw_i16x8)vzip2q_s16((int16x8_t)a, (int16x8_t)b); }
GW_INLINE gw_i16x8 gw_narrow8(gw_i32x4 low, gw_i32x4 high) {
    return (gw_i16x8)vcombine_s16(vqmovn_s32((int32x4_t)low), vqmovn_s32((int32x4_t)high));
}
GW_INLINE void gw_store_bytes8(uint8_t *p, gw_i16x8 v) { vst1_u8(p, vqmovun_s16((int16x8_t)v)); }
GW_INLINE gw_i16x8 gw_load_bytes8(const uint8_t *p) { return (gw_i16x8)vmovl_u8(vld1_u8(p)); }
GW_INLINE gw_f32x4 gw_evens4(gw_f32x4 a, gw_f32x4 b) {
    return (gw_f32x4)vuzp1q_f32((float32x4_t)a, (float32x4_t)b);
}
GW_INLINE gw_f32x4 gw_odds4(gw_f32x4 a, gw_f32x4 b) { return (gw_f32x4)vuzp2q_f32((float32x4_t)a, (float32x4_t)b); }
GW_INLINE gw_u64x2 gw_sum_u32(gw_u64x2 sums, gw_i32x4 m) {
    return (gw_u64x2)vpadalq_u32((uint64x2_t)sums, (uint32x4_t)m);
}

#else

GW_INLINE gw_i16x8 gw_narrow8(gw_i32x4 low, gw_i32x4 high) {
    gw_i16x8 r;
    for (int i = 0; i < 8; i++) {
        int32_t x = i < 4 ? low[i] : high[i - 4];
        r[i] = (int16_t)(x > INT16_MAX ? INT16_MAX : x < INT16_MIN ? INT16_MIN : x);
    }
    return r;
}
GW_INLINE gw_i32x4 gw_low4(gw_i16x8 a) { return (gw_i32x4){a[0], a[1], a[2], a[3]}; }
GW_INLINE gw_i32x4 gw_high4(gw_i16x8 a) { return (gw_i32x4){a[4], a[5], a[6], a[7]}; }
GW_INLINE gw_i16x8 gw_adds8(gw_i16x8 a, gw_i16x8 b) {
    return gw_narrow8(gw_low4(a) + gw_low4(b), gw_high4(a) + gw_high4(b));
}
GW_INLINE gw_i16x8 gw_min8(gw_i16x8 a, gw_i16x8 b) {
    gw_i16x8 less = a < b;
    return (a & less) | (b & ~less);
}
GW_INLINE gw_i16x8 gw_max8(gw_i16x8 a, gw_i16x8 b) {
    gw_i16x8 less = a < b;
    return (b & less) | (a & ~less);
}
GW_INLINE gw_i32x4 gw_madd8(gw_i16x8 a, gw_i16x8 b) {
    gw_i32x4 r;
    for (int i = 0; i < 4; i++)
        r[i] = (int32_t)((uint32_t)(a[2 * i] * b[2 * i]) + (uint32_t)(a[2 * i + 1] * b[2 * i + 1]));
    return r;
}
GW_INLINE gw_i16x8 gw_zip_low(gw_i16x8 a, gw_i16x8 b) {
    return (gw_i16x8){a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3]};
}
GW_INLINE gw_i16x8 gw_zip_high(gw_i16x8 a, gw_i16x8 b) {
    return (gw_i16x8){a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7]};
}
GW_INLINE void gw_store_bytes8(uint8_t *p, gw_i16x8 v) {
    for (int i = 0; i < 8; i++) p[i] = (uint8_t)v[i];
}
GW_INLINE gw_i16x8 gw_load_bytes8(const uint8_t *p) {
    return (gw_i16x8){p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]};
}
GW_INLINE gw_f32x4 gw_evens4(gw_f32x4 a, gw_f32x4 b) { return (gw_f32x4){a[0], a[2], b[0], b[2]}; }
GW_INLINE gw_f32x4 gw_odds4(gw_f32x4 a, gw_f32x4 b) { return (gw_f32x4){a[1], a[3], b[1], b[3]}; }
GW_INLINE gw_u64x2 gw_sum_u32(gw_u64x2 sums, gw_i32x4 m) {
    gw_u32x4 u = (gw_u32x4)m;
    return sums + (gw_u64x2){(uint64_t)u[0] + u[1], (uint64_t)u[2] + u[3]};
}

#endif
#endif
