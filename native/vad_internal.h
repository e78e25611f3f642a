/* What the parts of the voice activity detector share; never part of the contract that Python reads. */
#ifndef GW_VAD_INTERNAL_H
#define GW_VAD_INTERNAL_H

#include <stdint.h>

#include "resample.h"

#include "vad.h"

/* Log energies (base 2, mean square in LSB^2 plus one) of the eight bands of the 160 samples in vad->frame; moves
   the pitch line on. */
void gw_vad_bands(gw_vad *vad, float log_energy[GW_VAD_BANDS]);

/* Greatest normalised autocorrelation of the pitch line at lags of 2.5 to 16 ms, -1 to 1. */
float gw_vad_pitch(const gw_vad *vad);

#endif
