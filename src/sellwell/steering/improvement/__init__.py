"""Problems, training and what they change; first part: courses, who must have passed them, assessments of people."""
