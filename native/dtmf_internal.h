/* What the parts of the DTMF receiver share; never part of the contract that Python reads. */
#ifndef GW_DTMF_INTERNAL_H
#define GW_DTMF_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "dtmf.h"

/* Nominal frequencies, Hz (ITU-T Q.23): rows 0 to 3, columns 4 to 7. */
static const float gw_dtmf_hz[8] = {697.0F, 770.0F, 852.0F, 941.0F, 1209.0F, 1336.0F, 1477.0F, 1633.0F};

/* Window of one fit: 7 blocks, 28 ms. Longer than the 23 ms that must be refused, short enough that a 40 ms tone holds
   three of them at any alignment. */
enum { GW_FIT_BLOCKS = 7, GW_FIT_LEN = GW_FIT_BLOCKS * GW_DTMF_BLOCK, GW_FIT_HALF = GW_FIT_LEN / 2 };

/* Correlations of one block: sums of x * exp(-j w t), t from the centre of the block; energies in LSB^2. */
typedef struct {
    float re[8], im[8];
    float dial;   /* energy that a 400 Hz tone of one block explains */
    float mean;   /* energy of the mean */
    float total;
} gw_block_sums;

void gw_dtmf_correlate(const int16_t x[GW_DTMF_BLOCK], gw_block_sums *out);
void gw_dtmf_halve(const int16_t x[2 * GW_DTMF_BLOCK], int16_t tail[16], int16_t out[GW_DTMF_BLOCK]);

/* Two tones fitted to a window by least squares. */
typedef struct {
    float hz[2];          /* frequency of the low and the high tone */
    float amplitude[2];   /* peak, LSB */
    float slope[2];       /* relative change of amplitude over the window */
    float residue;        /* share of the energy (hum and dial tone apart) that the two tones do not explain, 0 to 1 */
    float removed;        /* energy of hum and dial tone over energy of the rest */
    float fill[2][GW_FIT_BLOCKS]; /* level of each tone in each block, relative to the fit: 1 when steady */
} gw_two_tones;

/* x: GW_FIT_LEN samples; hz[]: where to look first; returns 0 when the fit ran away. */
int gw_dtmf_fit(const int16_t x[GW_FIT_LEN], float low_hz, float high_hz, int without_dial_tone, gw_two_tones *fit);

#endif
