"""The pure rules of the organisation: proof of the duty matrix, the chart, reorganisations, staffing. No Django."""
