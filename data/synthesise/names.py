"""Names for invented people: lists of common names, not of people.

What belongs here: common forenames and surnames of communities in the area, short forms, spellings of the
same name, and the canaries' names, which nobody bears. What does not: who gets which (``people.py``).
Written from general knowledge of common names in the United Kingdom; no register of people was used. A list
of an ethnic group is a habit of naming, nothing more.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FEMALE: Final = {
    "british": _words(
        "Olivia Emily Jessica Charlotte Sophie Chloe Lucy Megan Hannah Amy Lauren Rebecca Emma Sarah "
        "Laura Katie Natalie Danielle "
        "Stacey Kelly Nicola Claire Michelle Lisa Joanne Karen Tracey Susan Julie Deborah Amanda "
        "Victoria Samantha Kimberley "
        "Leanne Gemma Donna Sharon Helen Elizabeth Margaret Jennifer Rachel Abigail Ellie Grace Mia "
        "Poppy Freya Evie Isla "
        "Amelia Ava Lily Daisy Ruby Holly Bethany Jade Paige Courtney Shannon Kayleigh Zoë Alice Eleanor "
        "Katherine Chelsea Tia "
        "Molly Georgia Harriet Imogen Alison Christine Patricia Jacqueline Angela Wendy Beverley"
    ),
    "irish": _words("Aoife Siobhán Niamh Ciara Sinéad Orla Maeve Bridget Róisín Caoimhe Mary Kathleen"),
    "polish": _words(
        "Anna Katarzyna Małgorzata Agnieszka Joanna Magdalena Ewa Zuzanna Aleksandra Natalia Oliwia "
        "Julia Monika Karolina "
        "Paulina Beata Iwona Elżbieta Ioana Andreea Elena Simona Mihaela Gabriela"
    ),
    "muslim": _words(
        "Aisha Fatima Maryam Zainab Khadija Amina Sadia Saima Nadia Shazia Rukhsana Nasreen Farah Samina "
        "Rabia Iqra Aliya "
        "Mehwish Sana Hina Tahira Shabana Yasmin Noor Hafsa Sumaiya Rehana Bushra Nusrat Tasnim Parveen"
    ),
    "indian": _words(
        "Priya Anjali Pooja Neha Kavita Sunita Meena Rekha Simran Harpreet Jaspreet Manpreet Gurpreet "
        "Amandeep Navjot Kiran "
        "Nisha Deepa Rajinder Kulwinder Ravinder Sangeeta Divya Shreya Anita Balbir Parminder"
    ),
    "african": _words(
        "Chioma Ngozi Adaeze Folake Temitope Blessing Grace Abena Akosua Ama Efua Comfort Patience Fatou "
        "Aminata Hodan Ayaan "
        "Ifrah Selam Tsion Makeda Rutendo Tendai Chipo Nomvula Thandiwe Esther Mercy"
    ),
    "caribbean": _words(
        "Shanice Keisha Jasmine Monique Simone Tanisha Latoya Marcia Yvonne Beverley Marlene Sonia "
        "Janelle Rochelle Chantelle "
        "Danielle Alicia Kadeen Shereen Althea Nyasha Imani Zara Leah"
    ),
    "chinese": _words("Mei Ling Xin Yan Jing Li Hui Fang Wei Na Min Yuki Siu Ka Wing Grace Vivian Jenny"),
    "arab": _words("Layla Noura Huda Rania Salma Dina Hala Reem Shirin Nasrin Zahra Leila Mona Samar Ghada"),
}
MALE: Final = {
    "british": _words(
        "Oliver Jack Harry George Thomas James William Daniel Joshua Matthew Luke Ryan Adam Liam Callum "
        "Connor Jordan Kyle Ashley "
        "Lee Craig Darren Wayne Gary Stephen Paul Mark David Andrew Christopher Michael Robert Richard "
        "Anthony Kevin Ian Neil "
        "Simon Martin Peter John Alan Keith Brian Colin Jamie Scott Dean Shane Nathan Aaron Bradley "
        "Kieran Dylan Mason Tyler "
        "Jake Alfie Charlie Archie Freddie Leo Oscar Samuel Benjamin Joseph Edward Alexander Nicholas Timothy"
    ),
    "irish": _words("Seán Patrick Conor Ciarán Declan Eoin Pádraig Brendan Cormac Niall Kevin Dermot"),
    "polish": _words(
        "Piotr Krzysztof Tomasz Paweł Marcin Michał Łukasz Jakub Mateusz Grzegorz Andrzej Wojciech "
        "Sławomir Rafał Ion Andrei "
        "Florin Marius Mihai Adrian Stefan"
    ),
    "muslim": _words(
        "Mohammed Ahmed Ali Hassan Hussain Imran Asif Tariq Kashif Usman Bilal Hamza Ibrahim Yusuf Abdul "
        "Shahid Zahid Nadeem "
        "Adnan Faisal Waqas Rizwan Salman Omar Khalid Rashid Javed Saeed Tahir Zubair Kamran"
    ),
    "indian": _words(
        "Rajesh Sanjay Vikram Amit Rahul Arjun Sunil Anil Harjit Gurdeep Jaswinder Balwinder Manjit "
        "Sukhdev Ranjit Deepak Suresh "
        "Ravi Ajay Vijay Nikhil Rohan Kuldip Paramjit"
    ),
    "african": _words(
        "Chukwuemeka Emeka Olumide Tunde Babatunde Kwame Kofi Kwabena Yaw Samuel Emmanuel Daniel Abdi "
        "Mohamud Yonas Dawit Tendai "
        "Tafadzwa Sipho Ibrahima Ousmane Victor Prince"
    ),
    "caribbean": _words(
        "Marlon Leroy Winston Delroy Devon Tyrone Jermaine Dwayne Curtis Nathaniel Andre Courtney Errol "
        "Kemar Romario Jerome "
        "Darnell Trevor Clive Marcus"
    ),
    "chinese": _words("Wei Jun Ming Hao Jian Lei Chen Kai Yong Feng Ho Man Kwok Jason Kevin Raymond"),
    "arab": _words("Karim Omar Samir Walid Nabil Hamid Reza Mehdi Tarek Fadi Amir Jamal Yasin Rami"),
}
SURNAMES: Final = {
    "british": _words(
        "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker "
        "White Roberts Green Hall "
        "Wood Jackson Clarke Clark Harris Lewis Turner Cooper Hill Ward Morris Moore Baker Harrison "
        "Morgan Allen James Scott "
        "Phillips Watson Parker Price Bennett Young Griffiths Mitchell Cook Carter Richardson Bailey "
        "Collins Bell Shaw Cox "
        "Hughes Edwards Foster Gibson Mills Pearson Fletcher Barker Hunt Palmer Knight Butler Barnes "
        "Hodgkins Perks Tonks "
        "Round Bissell Hickman Aston Yardley Pugh Dunn Rowley Danks Whitehouse Cartwright Fellows "
        "Attwood Homer Parkes Jukes "
        "Westwood Bytheway Hadley Raybould Grainger Southall Foxall Priest Millward Tranter Beddoes Wakeman"
    ),
    "irish": _words(
        "Murphy Kelly O'Brien Walsh O'Sullivan Byrne Ryan O'Connor McCarthy Doyle Gallagher Doherty "
        "Kennedy Lynch Quinn"
    ),
    "polish": _words(
        "Nowak Kowalska Wiśniewska Wójcik Kowalczyk Kamińska Lewandowska Zielińska Szymańska Woźniak "
        "Dąbrowska Kozłowska Mazur "
        "Krawczyk Popescu Ionescu Popa Dumitru Stan Radu Marin Constantin"
    ),
    "muslim": _words(
        "Khan Hussain Ahmed Ali Begum Bibi Akhtar Mahmood Iqbal Malik Shah Mirza Chaudhry Rashid Aziz "
        "Butt Sheikh Miah Uddin Rahman "
        "Islam Khatun Choudhury Hassan Raja Javed Parveen Akram Aslam Yousaf Zaman Rehman Siddique "
        "Qureshi Bashir"
    ),
    "indian": _words(
        "Singh Kaur Patel Sharma Kumar Gill Sandhu Dhillon Bains Johal Sidhu Sangha Uppal Chahal Mistry "
        "Chauhan Desai Shah Mehta "
        "Bhatt Joshi Verma Rai Grewal Bassi Dhaliwal Purewal Samra"
    ),
    "african": _words(
        "Okafor Adeyemi Okonkwo Eze Balogun Ogunleye Mensah Owusu Asante Boateng Osei Appiah Mohamud "
        "Abdi Warsame Tesfaye Haile "
        "Moyo Ncube Dube Sibanda Diallo Traore Kamara Conteh Nwosu Bello"
    ),
    "caribbean": _words(
        "Campbell Brown Williams Francis Grant Gordon Reid Morgan Bailey Thomas Clarke Samuels Walters "
        "Henry Powell Stewart Lewis "
        "Edwards Richards Blake Barrett Myers Bogle Dacosta Whyte"
    ),
    "chinese": _words("Wong Chan Li Lee Chen Wang Zhang Liu Lam Cheung Ng Tang Leung Ho Huang Zhao Yang Lin"),
    "arab": _words(
        "Haddad Mansour Saleh Nasser Karimi Ahmadi Hosseini Rezaei Othman Ibrahim Jaber Khalil Fares "
        "Aziz Barzani"
    ),
}

HABIT: Final = {
    "white_british": ("british",),
    "white_irish": ("irish", "british"),
    "white_gypsy_traveller": ("irish", "british"),
    "white_roma": ("polish",),
    "white_other": ("polish",),
    "mixed_white_black_caribbean": ("british", "caribbean"),
    "mixed_white_black_african": ("british", "african"),
    "mixed_white_asian": ("british", "indian", "muslim"),
    "mixed_other": ("british", "chinese", "arab"),
    "asian_indian": ("indian",),
    "asian_pakistani": ("muslim",),
    "asian_bangladeshi": ("muslim",),
    "asian_chinese": ("chinese",),
    "asian_other": ("indian", "muslim"),
    "black_caribbean": ("caribbean",),
    "black_african": ("african",),
    "black_other": ("caribbean", "african"),
    "other_arab": ("arab",),
    "other_any": ("indian", "arab", "british"),
}
"""Ethnic group → lists of names that are common there."""

SHORT: Final = {
    "Elizabeth": "Liz",
    "Katherine": "Kate",
    "Rebecca": "Becky",
    "Jennifer": "Jenny",
    "Jessica": "Jess",
    "Samantha": "Sam",
    "Victoria": "Vicky",
    "Susan": "Sue",
    "Deborah": "Debbie",
    "Christine": "Chris",
    "Patricia": "Trish",
    "Abigail": "Abbie",
    "Amanda": "Mandy",
    "Jacqueline": "Jackie",
    "Joanne": "Jo",
    "Kimberley": "Kim",
    "Nicola": "Nicky",
    "Natalie": "Nat",
    "Charlotte": "Lottie",
    "Eleanor": "Ellie",
    "Megan": "Meg",
    "Bethany": "Beth",
    "Danielle": "Dani",
    "Olivia": "Liv",
    "Margaret": "Maggie",
    "Isabella": "Bella",
    "Harriet": "Hattie",
    "Angela": "Angie",
    "Alexander": "Alex",
    "Benjamin": "Ben",
    "Christopher": "Chris",
    "Daniel": "Dan",
    "David": "Dave",
    "Edward": "Ed",
    "Andrew": "Andy",
    "Anthony": "Tony",
    "James": "Jim",
    "Joseph": "Joe",
    "Joshua": "Josh",
    "Matthew": "Matt",
    "Michael": "Mike",
    "Nicholas": "Nick",
    "Richard": "Rick",
    "Robert": "Bob",
    "Samuel": "Sam",
    "Stephen": "Steve",
    "Thomas": "Tom",
    "Timothy": "Tim",
    "William": "Will",
    "Peter": "Pete",
    "Bradley": "Brad",
    "Nathan": "Nate",
    "Nathaniel": "Nate",
    "Katarzyna": "Kasia",
    "Małgorzata": "Gosia",
    "Agnieszka": "Aga",
    "Joanna": "Asia",
    "Magdalena": "Magda",
    "Aleksandra": "Ola",
    "Krzysztof": "Krzys",
    "Tomasz": "Tomek",
    "Jakub": "Kuba",
    "Chukwuemeka": "Emeka",
    "Babatunde": "Tunde",
    "Temitope": "Temi",
    "Jaspreet": "Jas",
    "Harpreet": "Harps",
    "Manpreet": "Manny",
    "Gurpreet": "Gurp",
    "Jaswinder": "Jas",
    "Balwinder": "Bal",
    "Kulwinder": "Kully",
    "Parminder": "Pam",
}
"""Short forms in common use; a person may be known by either."""

SPELLINGS: Final = {
    "Mohammed": ("Muhammad", "Mohammad", "Mohamed"),
    "Hussain": ("Hussein", "Husain", "Hussian"),
    "Ahmed": ("Ahmad", "Ahmet"),
    "Aisha": ("Ayesha", "Aysha"),
    "Fatima": ("Fatema", "Fatimah"),
    "Maryam": ("Mariam", "Meryem"),
    "Zainab": ("Zaynab", "Zeinab"),
    "Khadija": ("Khadeja", "Khadijah"),
    "Yusuf": ("Yousef", "Yousuf"),
    "Usman": ("Uthman", "Osman"),
    "Omar": ("Umar",),
    "Choudhury": ("Chowdhury", "Choudhary"),
    "Chaudhry": ("Chaudhary", "Choudhry"),
    "Rahman": ("Rehman", "Rahmaan"),
    "Uddin": ("Udin",),
    "Begum": ("Begam",),
    "Mahmood": ("Mahmud", "Mehmood"),
    "Sheikh": ("Shaikh",),
    "Qureshi": ("Quraishi",),
    "Siddique": ("Siddiq", "Siddiqui"),
    "Dhillon": ("Dhilon",),
    "Sidhu": ("Sidhoo",),
    "Kaur": ("Kour",),
    "Mohamud": ("Mohamoud",),
    "Abdi": ("Abdhi",),
    "Layla": ("Leila", "Laila"),
    "Hosseini": ("Husseini",),
    "Andrzej": ("Andrej",),
    "Ewa": ("Eva",),
    "Piotr": ("Peter",),
    "Zoë": ("Zoe",),
    "Siobhán": ("Siobhan",),
    "Sinéad": ("Sinead",),
    "Róisín": ("Roisin",),
    "Seán": ("Sean", "Shaun"),
    "Ciarán": ("Kieran",),
    "O'Brien": ("OBrien", "O Brien"),
    "O'Connor": ("OConnor",),
    "Clarke": ("Clark",),
    "Stephen": ("Steven",),
    "Rachel": ("Rachael",),
    "Sarah": ("Sara",),
    "Kelly": ("Kelley",),
    "Cheung": ("Zhang",),
    "Wong": ("Huang",),
    "Lee": ("Li",),
    "Philips": ("Phillips",),
    "Katherine": ("Catherine", "Kathryn"),
    "Tracey": ("Tracy",),
    "Alison": ("Allison",),
    "Wójcik": ("Wojcik",),
    "Wiśniewska": ("Wisniewski",),
    "Kowalska": ("Kowalski",),
    "Zielińska": ("Zielinski",),
    "Warsame": ("Warsama",),
    "Adeyemi": ("Adeyemo",),
    "Tesfaye": ("Tesfay",),
}
"""Other spellings of the same name: transliteration, accents, hearing."""

TWIN_LETTERS: Final = 0.3
"""Share of twins whose forenames begin with the same letter. Assumed."""

CANARIES: Final = (
    # forename, surname, sex, born, postcode: strings that occur nowhere else; nobody else of the sample is
    # born before 1935
    ("Quillonyxa", "Vandrezzimoor", "female", (1921, 3, 17), "WV99 9CK"),
    ("Thraxibelle", "Ozwinnacott", "female", (1922, 8, 29), "WV99 8KV"),
    ("Brindlequoth", "Yxmerravale", "male", (1923, 11, 5), "WV99 7MC"),
    ("Zephandrilla", "Quostenmoyle", "female", (1924, 5, 23), "WV99 6VK"),
    ("Fyndargoth", "Wexlumbrane", "male", (1926, 9, 14), "WV99 5CM"),
    ("Ulvaxinette", "Harrowquibbit", "female", (1927, 12, 19), "WV99 4KC"),
)
